// Whose meaning of a named rule: four tools count "the same" Gopher rules in four ways.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config.h"
#include "text/word_splitter.h"

namespace moru::curate {

enum class Dialect {
  datatrove,     ///< huggingface/datatrove 0.10
  dolma,         ///< allenai/dolma 1.2, taggers gopher_v1 and gopher_v2, limits of the Dolma 1.5 mix
  dclm,          ///< mlfoundations/dclm, limits of DCLM-Baseline's RefinedWeb stage
  nemo_curator,  ///< NVIDIA-NeMo/Curator 1, limits of its English heuristic pipeline
};

/// Whose limits: FineWeb's for English, FineWeb-2's for Korean.
enum class LimitLanguage { eng_Latn, kor_Hang };

std::string_view name_of(Dialect dialect);
std::string_view name_of(LimitLanguage language);

/// What all rule sets can be told beside their limits.
struct RuleSetSettings {
  Dialect dialect = Dialect::datatrove;
  LimitLanguage language = LimitLanguage::eng_Latn;
  bool by_document = false;  ///< `language: auto`: kor_Hang's limits for documents in Korean, else eng_Latn's.
  text::WordKind words = text::WordKind::whitespace;
  bool words_given = false;  ///< DCLM has two kinds of its own unless one is asked for.
};

/// Reads `dialect`, `language` and `words`; what the section leaves out is as in `defaults`. `dialects`: those that the
/// rule has. Throws Error for any other name, and for a language's limits in a dialect that has none.
RuleSetSettings rule_set_settings(const Config& section, const RuleSetSettings& defaults,
                                  const std::vector<Dialect>& dialects);

}  // namespace moru::curate
