#include "evaluate/text_scores.h"

#include <numbers>
#include <numeric>

#include "core/hash.h"
#include "core/language.h"
#include "core/random.h"
#include "evaluate/findings.h"
#include "evaluate/intervals.h"
#include "evaluate/paired_tests.h"

namespace moru::evaluate {
namespace {

constexpr size_t kEnoughClusters = 20;
constexpr int kDraws = 2000;
constexpr uint64_t kSeed = 20251;  // any constant: the draws must be the same each time
constexpr size_t kContext = 1024;

struct Tokens {
  std::vector<int32_t> tokens;
  size_t first = 1;  ///< The first that is scored.
};

Tokens tokens_of(const ScoredText& text, const text::Tokenizer& tokenizer, const text::ModelChat& chat) {
  if (text.question.empty()) return {tokenizer.encode(text.text), 1};
  if (!chat.exists()) return {};
  text::ChatTokens encoded = chat.encode(tokenizer, {{"user", text.question, {}}, {"assistant", text.text, {}}});
  while (!encoded.learned.empty() && encoded.learned.back() == 0) {
    encoded.learned.pop_back();
    encoded.tokens.pop_back();
  }
  const auto first = std::ranges::find(encoded.learned, uint8_t{1}) - encoded.learned.begin();
  return {std::move(encoded.tokens), static_cast<size_t>(first)};
}

Interval interval_of(double mean, std::vector<double> draws) {
  std::ranges::sort(draws);
  const auto at = [&](double share) {
    return draws[static_cast<size_t>(share * static_cast<double>(draws.size() - 1) + 0.5)];
  };
  return {mean, at(0.025), at(0.975)};
}

}  // namespace

std::vector<std::vector<TextBlock>> predict_texts(const model::Model& model, const text::Tokenizer& tokenizer,
                                                  const text::ModelChat& chat, const std::vector<TextSet>& sets,
                                                  const std::string& name, ProgressSink& sink) {
  const size_t context = std::min(kContext, static_cast<size_t>(model.config().max_positions));
  const PerplexityOptions options{context, context / 2};
  uint64_t total = 0;
  for (const TextSet& set : sets) total += set.texts.size();
  Progress progress(sink, name, std::string(tr("texts", "글")), total);
  std::vector<std::vector<TextBlock>> all;
  for (const TextSet& set : sets) {
    std::vector<TextBlock>& blocks = all.emplace_back();
    for (size_t i = 0; i < set.texts.size(); ++i) {
      const Tokens tokens = tokens_of(set.texts[i], tokenizer, chat);
      for (const ScoredBlock& block : score_tokens(model, tokenizer, tokens.tokens, tokens.first, options))
        blocks.push_back({block, i});
      progress.advance();
    }
  }
  progress.finish();
  return all;
}

std::vector<ScoredBlock> units_of(const TextSet& set, std::span<const TextBlock> blocks) {
  std::vector<std::string> names;
  for (const TextBlock& block : blocks) {
    const std::string& cluster = set.texts[block.text].cluster;
    names.push_back(cluster.empty() ? std::to_string(block.text) : cluster);
  }
  std::vector<uint32_t> clusters = cluster_numbers(names);
  const size_t count = clusters.empty() ? 0 : *std::ranges::max_element(clusters) + size_t{1};
  if (count < kEnoughClusters) return {blocks.begin(), blocks.end()};
  std::vector<ScoredBlock> units(count);
  for (size_t i = 0; i < blocks.size(); ++i) {
    units[clusters[i]].nats += blocks[i].nats;
    units[clusters[i]].tokens += blocks[i].tokens;
    units[clusters[i]].bytes += blocks[i].bytes;
  }
  return units;
}

TextScore text_score(const TextSet& set, const std::string& system, std::span<const TextBlock> blocks) {
  const std::vector<ScoredBlock> units = units_of(set, blocks);
  const Perplexity p = summarise(units);
  TextScore score{system, set.name, set.kind, 0, p.tokens, p.bytes, units.size(), {}, {}};
  for (size_t i = 0; i < blocks.size(); ++i) score.texts += i == 0 || blocks[i].text != blocks[i - 1].text ? 1 : 0;
  score.bits_per_byte = p.bits_per_byte_interval.value_or(Interval{p.bits_per_byte, 0, p.bits_per_byte});
  score.bits_per_byte.mean = p.bits_per_byte;
  score.perplexity = p.perplexity_interval.value_or(Interval{p.perplexity, 0, p.perplexity});
  score.perplexity.mean = p.perplexity;
  return score;
}

std::optional<TextComparison> compare_texts(const TextSet& set, const std::string& a,
                                            std::span<const TextBlock> blocks_a, const std::string& b,
                                            std::span<const TextBlock> blocks_b) {
  const std::vector<ScoredBlock> of_a = units_of(set, blocks_a), of_b = units_of(set, blocks_b);
  const auto same = [](const ScoredBlock& x, const ScoredBlock& y) { return x.bytes == y.bytes; };
  if (of_a.size() < 2 || !std::ranges::equal(of_a, of_b, same)) return std::nullopt;
  TextComparison c{a, b, set.name, set.kind, {}, 1, 1, Verdict::not_shown};
  std::vector<double> differences;
  double nats = 0, bytes = 0;
  for (size_t i = 0; i < of_a.size(); ++i) {
    differences.push_back(of_a[i].nats - of_b[i].nats);
    nats += differences.back();
    bytes += static_cast<double>(of_a[i].bytes);
  }
  const auto bits = [](double sum, double of) { return of > 0 ? sum / std::numbers::ln2 / of : 0; };
  const uint64_t seed = hash64(set.name, kSeed);
  Random random(seed);
  std::vector<double> draws;
  for (int draw = 0; draw < kDraws; ++draw) {
    double drawn = 0, of = 0;
    for (size_t i = 0; i < differences.size(); ++i) {
      const size_t chosen = random.below(differences.size());
      drawn += differences[chosen];
      of += static_cast<double>(of_a[chosen].bytes);
    }
    draws.push_back(bits(drawn, of));
  }
  c.bits_difference = interval_of(bits(nats, bytes), std::move(draws));
  std::vector<uint32_t> each(differences.size());
  std::iota(each.begin(), each.end(), 0U);
  c.p_value = sign_flip_p_value(differences, each, seed);
  return c;
}

std::string display_name(const std::string& set, TextKind kind) {
  if (kind == TextKind::answers) return fmt::format(fmt::runtime(tr("answers: {}", "답: {}")), set);
  if (kind == TextKind::documents) return std::string(tr("text of held-out documents", "따로 둔 문서의 글"));
  return fmt::format(fmt::runtime(tr("general text: {}", "일반 글: {}")), set);
}

std::string text_interval(const TextScore& score, const Interval& interval) {
  return score.units < 2 ? fmt::format("{:.3f}", interval.mean) : interval_text(interval);
}

std::vector<std::string> text_findings(const Report& report) {
  std::vector<std::string> lines;
  for (const TextComparison& c : report.text_comparisons) {
    if (c.a != "base") continue;
    // The change from the base: B minus A.
    const Interval change{0 - c.bits_difference.mean, 0 - c.bits_difference.high, 0 - c.bits_difference.low};
    const double before = std::ranges::find_if(report.text_scores, [&](const TextScore& s) {
                            return s.system == c.a && s.set == c.set && s.kind == c.kind;
                          })->bits_per_byte.mean;
    const std::string numbers = fmt::format(
        fmt::runtime(tr("{:.3f} bits per byte before, change {}, {:+.1f} %; adjusted p {}",
                        "전에는 바이트당 {:.3f}비트, 변화 {}, {:+.1f} %. 보정 p {}")),
        before, interval_text(change, true), before > 0 ? 100 * change.mean / before : 0.0, p_text(c.p_adjusted));
    const bool worse = c.verdict == Verdict::a_better, better = c.verdict == Verdict::b_better;
    std::string_view said;
    if (c.kind == TextKind::general)
      said = worse    ? tr("{} has forgotten some of {}: {}.", "{}: {} - 일부를 잊었습니다. {}.")
             : better ? tr("{} has forgotten nothing of {}, and predicts it better: {}.",
                           "{}: {} - 잊지 않았고 더 잘 예측합니다. {}.")
                      : tr("{}: no forgetting shown on {} ({}).", "{}: {} - 잊은 것이 드러나지 않습니다({}).");
    else
      said = worse    ? tr("{} predicts {} worse than its base: {}.", "{}: {} - 바탕보다 못 예측합니다. {}.")
             : better ? tr("{} predicts {} better than its base: {}.", "{}: {} - 바탕보다 잘 예측합니다. {}.")
                      : tr("{}: no difference shown on {} ({}).", "{}: {} - 차이가 드러나지 않습니다({}).");
    lines.push_back(fmt::format(fmt::runtime(said), c.b, display_name(c.set, c.kind), numbers));
  }
  return lines;
}

}  // namespace moru::evaluate
