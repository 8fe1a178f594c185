#include "optimize/text_source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "data/dataset.h"
#include "data/document.h"

namespace moru::optimize {
namespace {

std::vector<int32_t> tokens_of(const data::Sample& sample, const ModelText& model) {
  if (sample.kind == data::SampleKind::text) return model.tokenizer.encode(sample.text);
  std::vector<text::ChatMessage> messages;
  for (const data::Message& m : sample.messages) messages.push_back({m.role, m.content});
  return model.chat.encode(model.tokenizer, messages).tokens;
}

std::string hash_of(const std::vector<std::string>& ids) {
  Sha256 hash;
  for (const std::string& id : ids) hash.update(id).update("\n");
  return hash.hex();
}

void cut(const std::vector<int32_t>& tokens, size_t length, Sequences& out) {
  for (size_t begin = 0; begin < tokens.size(); begin += length)
    out.emplace_back(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                     tokens.begin() + static_cast<std::ptrdiff_t>(std::min(tokens.size(), begin + length)));
  if (out.size() > 1 && out.back().size() < length / 8) out.pop_back();  // a few words say little
}

/// As many sequences as hold about `tokens`, spread evenly.
void thin(Sequences& sequences, uint64_t tokens, size_t length) {
  const size_t wanted = std::max<size_t>(1, tokens / length);
  if (sequences.size() <= wanted) return;
  Sequences chosen;
  for (size_t i = 0; i < wanted; ++i) chosen.push_back(std::move(sequences[i * sequences.size() / wanted]));
  sequences = std::move(chosen);
}

TextSource read_documents(const fs::path& dataset, const ModelText& model, uint64_t tokens, size_t length) {
  const data::DatasetReader reader(dataset, data::kDocumentSchema);
  const uint64_t stride = std::max<uint64_t>(1, reader.count() * length / std::max<uint64_t>(1, tokens));
  TextSource text;
  uint64_t number = 0;
  reader.for_each([&](const Json& json, std::string_view place) {
    if (number++ % stride != 0 || text.tokens() >= tokens) return;
    const data::Document document = data::document_from_json(json, place);
    std::vector<int32_t> ids = model.tokenizer.encode(document.text);
    if (ids.size() > length) ids.resize(length);
    if (ids.size() < 2) return;
    text.sequences.push_back(std::move(ids));
    text.ids.push_back(document.id);
  });
  return text;
}

}  // namespace

uint64_t TextSource::tokens() const {
  uint64_t count = 0;
  for (const std::vector<int32_t>& s : sequences) count += s.size();
  return count;
}

Json to_json(const TextSource& text, bool with_ids) {
  Json json = {
      {"from", text.from}, {"sha256", text.sha256}, {"sequences", text.sequences.size()}, {"tokens", text.tokens()}};
  if (with_ids) json["ids"] = text.ids;
  return json;
}

bool is_sample_dataset(const fs::path& path) {
  return fs::exists(path / "manifest.json") &&
         json_text(read_json_file(path / "manifest.json"), "schema", path.string()) == data::kSampleSchema;
}

TextSource read_samples(const fs::path& dataset, const ModelText& model, uint64_t tokens, size_t longest, Which which) {
  const data::DatasetReader reader(dataset, data::kSampleSchema);
  uint64_t fitting = 0;
  const auto fits = [which](const data::Sample& s) {
    return which == Which::all || s.held_out == (which == Which::held_out);
  };
  reader.for_each(
      [&](const Json& json, std::string_view place) { fitting += fits(data::sample_from_json(json, place)) ? 1 : 0; });
  // A sample has about 50 tokens.
  const uint64_t stride = std::max<uint64_t>(1, fitting * 50 / std::max<uint64_t>(1, tokens));
  TextSource text;
  uint64_t number = 0, held = 0;
  reader.for_each([&](const Json& json, std::string_view place) {
    const data::Sample sample = data::sample_from_json(json, place);
    if (!fits(sample) || number++ % stride != 0 || held >= tokens) return;
    std::vector<int32_t> ids = tokens_of(sample, model);
    if (ids.size() > longest) ids.resize(longest);
    held += ids.size();
    text.sequences.push_back(std::move(ids));
    text.ids.push_back(sample.id);
  });
  text.from = which == Which::held_out ? "samples, held out" : which == Which::all ? "samples" : "samples, trained on";
  text.sha256 = hash_of(text.ids);
  return text;
}

TextSource read_text(const fs::path& path, const ModelText& model, uint64_t tokens, size_t length) {
  TextSource text;
  if (fs::is_directory(path)) {
    text = is_sample_dataset(path) ? read_samples(path, model, tokens, length, Which::all)
                                   : read_documents(path, model, tokens, length);
    text.sha256 = hash_of(text.ids);
  } else {
    const std::string bytes = read_file(path);
    cut(model.tokenizer.encode(bytes), length, text.sequences);
    thin(text.sequences, tokens, length);
    text.sha256 = sha256(bytes);
  }
  text.from = path.filename().string();
  if (text.tokens() < 2)
    throw Error(path.string(), std::string(tr("there is no text in it", "글이 들어 있지 않습니다")),
                std::string(tr("name a UTF-8 text file, or a dataset of samples or documents",
                               "UTF-8 글 파일이나 샘플 또는 문서 데이터셋을 지정하세요")));
  return text;
}

void leave_out(TextSource& text, const TextSource& other) {
  const std::set<std::string_view> taken(other.ids.begin(), other.ids.end());
  TextSource rest{{}, text.from, {}, {}};
  for (size_t i = 0; i < text.ids.size(); ++i) {
    if (taken.contains(text.ids[i])) continue;
    rest.sequences.push_back(std::move(text.sequences[i]));
    rest.ids.push_back(text.ids[i]);
  }
  rest.sha256 = hash_of(rest.ids);
  text = std::move(rest);
}

TextSource split_off(TextSource& text, double share) {
  TextSource last;
  last.from = text.from;
  last.sha256 = text.sha256;
  const size_t count = text.sequences.size();
  const size_t keep =
      count < 2 ? count
                : std::clamp<size_t>(count - static_cast<size_t>(share * static_cast<double>(count)), 1, count - 1);
  const auto at = static_cast<std::ptrdiff_t>(keep);
  last.sequences.assign(text.sequences.begin() + at, text.sequences.end());
  text.sequences.resize(keep);
  if (!text.ids.empty()) {
    last.ids.assign(text.ids.begin() + at, text.ids.end());
    text.ids.resize(keep);
  }
  return last;
}

}  // namespace moru::optimize
