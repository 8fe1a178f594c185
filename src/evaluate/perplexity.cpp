#include "evaluate/perplexity.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "core/error.h"
#include "core/language.h"
#include "core/random.h"
#include "tensor/cross_entropy.h"

namespace moru::evaluate {
namespace {

constexpr int kDraws = 2000;
constexpr size_t kLogitBytes = size_t{64} << 20;
constexpr size_t kMostRows = 512;

double perplexity_of(const ScoredBlock& sum) {
  return std::exp(sum.nats / static_cast<double>(sum.tokens));
}

double bits_per_byte_of(const ScoredBlock& sum) {
  return sum.bytes == 0 ? 0 : sum.nats / std::numbers::ln2 / static_cast<double>(sum.bytes);
}

template <class... Values>
std::string said(std::string_view english, std::string_view korean, const Values&... values) {
  return fmt::format(fmt::runtime(tr(english, korean)), values...);
}

ScoredBlock& operator+=(ScoredBlock& sum, const ScoredBlock& block) {
  sum.nats += block.nats;
  sum.tokens += block.tokens;
  sum.bytes += block.bytes;
  return sum;
}

Interval percentiles(std::vector<double> draws, double mean) {
  std::ranges::sort(draws);
  const auto at = [&](double share) {
    return draws[static_cast<size_t>(share * static_cast<double>(draws.size() - 1) + 0.5)];
  };
  return {mean, at(0.025), at(0.975)};
}

/// Reads one window at a time through a cache of one slot, in pieces whose logits stay small.
class WindowScorer {
 public:
  WindowScorer(const model::Model& model, const text::Tokenizer& tokenizer, size_t context)
      : model_(model),
        tokenizer_(tokenizer),
        vocabulary_(static_cast<size_t>(model.config().vocabulary)),
        piece_(std::clamp(kLogitBytes / sizeof(float) / vocabulary_, size_t{16}, kMostRows)),
        cache_(model.make_cache(1, context)) {}

  /// Scores tokens [first, window.size()) of a window, each by what stands before it there; first > 0.
  ScoredBlock score(std::span<const int32_t> window, size_t first) {
    ScoredBlock block;
    cache_->truncate(0, 0);
    const size_t rows = window.size() - 1;  // what follows the last token is not asked
    for (size_t begin = 0; begin < rows;) {
      // A piece lies either before the first row that is asked or behind it.
      const size_t limit = begin < first - 1 ? first - 1 : rows, end = std::min(begin + piece_, limit);
      block += piece(window, begin, end, begin >= first - 1);
      begin = end;
    }
    for (const int32_t token : window.subspan(first)) block.bytes += tokenizer_.bytes(token).size();
    return block;
  }

 private:
  ScoredBlock piece(std::span<const int32_t> window, size_t begin, size_t end, bool scored) {
    const size_t count = end - begin;
    std::vector<int32_t> positions(count), rows(scored ? count : 0);
    std::iota(positions.begin(), positions.end(), static_cast<int32_t>(begin));
    std::iota(rows.begin(), rows.end(), 0);
    const int32_t starts[] = {0, static_cast<int32_t>(count)}, slots[] = {0};
    const tensor::Tensor logits(tensor::DType::f32,
                                {static_cast<int64_t>(rows.size()), static_cast<int64_t>(vocabulary_)});
    model_.logits({window.subspan(begin, count), positions, starts, cache_.get(), slots}, rows, logits.span<float>());
    if (!scored) return {};
    const std::vector<float> weights(count, 1.0F);
    const double nats = tensor::cross_entropy_in_place(logits, window.subspan(begin + 1, count), weights);
    if (!std::isfinite(nats))
      throw Error(
          "",
          said("the model gives logits that are infinite or no numbers", "모델의 로짓이 무한대이거나 수가 아닙니다"),
          said("get the model again, or train it again from before it came apart",
               "모델을 다시 받거나, 값이 무너지기 전부터 다시 학습하세요"));
    return {nats, count, 0};
  }

  const model::Model& model_;
  const text::Tokenizer& tokenizer_;
  size_t vocabulary_, piece_;
  std::unique_ptr<model::KvCache> cache_;
};

void check(const PerplexityOptions& options, const model::Model& model) {
  const auto most = static_cast<size_t>(model.config().max_positions);
  if (options.context < 2 || options.context > most)
    throw Error(
        "",
        said("a context of {} tokens does not fit the model", "문맥 {}토큰은 모델에 맞지 않습니다", options.context),
        said("choose 2 to {} tokens", "2에서 {} 사이로 정하세요", most));
  if (options.stride < 1 || options.stride >= options.context)
    throw Error("",
                said("windows of {} tokens cannot advance by {}", "{}토큰 창을 {}토큰씩 옮길 수 없습니다",
                     options.context, options.stride),
                said("choose a stride of 1 to {} tokens", "1에서 {} 사이로 정하세요", options.context - 1));
}

}  // namespace

Perplexity summarise(std::span<const ScoredBlock> blocks) {
  ScoredBlock sum;
  for (const ScoredBlock& block : blocks) sum += block;
  assert(sum.tokens > 0);
  Perplexity out;
  out.tokens = sum.tokens;
  out.bytes = sum.bytes;
  out.blocks = blocks.size();
  out.nats_per_token = sum.nats / static_cast<double>(sum.tokens);
  out.perplexity = perplexity_of(sum);
  out.bits_per_byte = bits_per_byte_of(sum);
  if (blocks.size() < 2) return out;
  Random random(blocks.size());
  std::vector<double> perplexities, bits;
  for (int i = 0; i < kDraws; ++i) {
    ScoredBlock draw;
    for (size_t j = 0; j < blocks.size(); ++j) draw += blocks[random.below(blocks.size())];
    perplexities.push_back(perplexity_of(draw));
    bits.push_back(bits_per_byte_of(draw));
  }
  out.perplexity_interval = percentiles(std::move(perplexities), out.perplexity);
  out.bits_per_byte_interval = percentiles(std::move(bits), out.bits_per_byte);
  return out;
}

std::vector<ScoredBlock> score_tokens(const model::Model& model, const text::Tokenizer& tokenizer,
                                      std::span<const int32_t> tokens, size_t first, const PerplexityOptions& options) {
  check(options, model);
  std::vector<ScoredBlock> blocks;
  size_t scored = std::max<size_t>(first, 1);
  if (scored >= tokens.size()) return blocks;
  WindowScorer scorer(model, tokenizer, std::min(options.context, tokens.size()));
  for (size_t begin = 0; scored < tokens.size(); begin += options.stride) {
    const size_t end = std::min(begin + options.context, tokens.size());
    if (end <= scored) continue;
    blocks.push_back(scorer.score(tokens.subspan(begin, end - begin), scored - begin));
    scored = end;
  }
  return blocks;
}

Perplexity perplexity(const model::Model& model, const text::Tokenizer& tokenizer, std::span<const std::string> texts,
                      const PerplexityOptions& options, ProgressSink& sink) {
  check(options, model);
  std::vector<std::vector<int32_t>> sequences;
  uint64_t total = 0;
  for (const std::string& text : texts) {
    std::vector<int32_t> tokens = tokenizer.encode(text);
    if (tokens.size() < 2) continue;
    total += tokens.size() - 1;
    sequences.push_back(std::move(tokens));
  }
  if (sequences.empty())
    throw Error("",
                std::string(tr("there is nothing to predict: no text has two tokens",
                               "예측할 것이 없습니다: 토큰이 둘 이상인 글이 없습니다")),
                std::string(tr("give files with text", "글이 있는 파일을 주세요")));

  size_t longest = 0;
  for (const auto& tokens : sequences) longest = std::max(longest, tokens.size());
  WindowScorer scorer(model, tokenizer, std::min(options.context, longest));
  Progress progress(sink, std::string(tr("perplexity", "혼란도")), std::string(tr("tokens", "토큰")), total);
  std::vector<ScoredBlock> blocks;
  for (const std::vector<int32_t>& tokens : sequences) {
    size_t scored = 1;
    for (size_t begin = 0; scored < tokens.size(); begin += options.stride) {
      const size_t end = std::min(begin + options.context, tokens.size());
      blocks.push_back(scorer.score(std::span(tokens).subspan(begin, end - begin), scored - begin));
      progress.advance(end - scored);
      scored = end;
    }
  }
  progress.finish();
  Perplexity out = summarise(blocks);
  out.texts = sequences.size();
  out.context = options.context;
  out.stride = options.stride;
  return out;
}

std::string perplexity_text(const Perplexity& p) {
  const auto range = [](const std::optional<Interval>& interval) {
    return interval ? fmt::format("  (95 %: {:.4g} - {:.4g})", interval->low, interval->high) : std::string();
  };
  std::string out;
  const auto line = [&](std::string_view label, const std::string& value) {
    out += fmt::format("{}: {}\n", label, value);
  };
  line(tr("perplexity", "혼란도(perplexity)"), fmt::format("{:.4f}{}", p.perplexity, range(p.perplexity_interval)));
  line(tr("bits per byte", "바이트당 비트"), fmt::format("{:.4f}{}", p.bits_per_byte, range(p.bits_per_byte_interval)));
  line(tr("nats per token", "토큰당 내트"), fmt::format("{:.4f}", p.nats_per_token));
  line(tr("scored", "점수를 매긴 것"),
       said("{} tokens ({} bytes) of {} texts, in {} windows", "글 {2}개의 토큰 {0}개({1}바이트), 창 {3}개", p.tokens,
            p.bytes, p.texts, p.blocks));
  line(tr("before each token", "토큰마다 앞에 둔 것"),
       said("{} to {} tokens, or all of its text's", "{}~{}토큰, 또는 그 글의 앞부분 모두", p.context - p.stride,
            p.context - 1));
  if (!p.perplexity_interval)
    out += std::string(
        tr("one window tells no interval: give more text\n", "창이 하나뿐이라 신뢰구간이 없습니다: 글을 더 주세요\n"));
  return out;
}

}  // namespace moru::evaluate
