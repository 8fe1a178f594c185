#include "curate/evaluation_sets.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::curate {
namespace {

/// Members that name an item rather than say something.
bool is_label(std::string_view key) {
  static constexpr std::array<std::string_view, 12> kLabels = {
      "id", "role", "type", "category", "source", "url", "name", "topic", "kind", "label", "model", "document"};
  return std::ranges::find(kLabels, key) != kLabels.end() || key.ends_with("_id");
}

void for_each_text(const Json& json, const std::function<void(const std::string&)>& use) {
  // An explicit stack: the depth of the input is not ours to choose.
  std::vector<const Json*> open = {&json};
  while (!open.empty()) {
    const Json& top = *open.back();
    open.pop_back();
    if (top.is_string()) use(top.get_ref<const std::string&>());
    std::vector<const Json*> children;
    if (top.is_array())
      for (const Json& child : top) children.push_back(&child);
    if (top.is_object())
      for (const auto& [key, child] : top.items())
        if (!is_label(key)) children.push_back(&child);
    open.insert(open.end(), children.rbegin(), children.rend());
  }
}

std::string joined(std::span<const std::string> words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// Of the words' own hashes, so that a window moves without building its text.
uint64_t window_hash(std::span<const uint64_t> words) {
  return hash64({reinterpret_cast<const char*>(words.data()), words.size_bytes()});
}

std::vector<uint64_t> word_hashes(std::span<const std::string> words) {
  std::vector<uint64_t> hashes(words.size());
  std::ranges::transform(words, hashes.begin(), [](const std::string& word) { return hash64(word); });
  return hashes;
}

}  // namespace

std::vector<std::string> overlap_words(std::string_view text) {
  const std::string valid = text::is_valid_utf8(text) ? std::string() : text::repair_utf8(text);
  const std::string folded = text::lower(text::nfc(valid.empty() ? text : std::string_view(valid)));
  std::vector<std::string> words;
  size_t begin = 0;
  bool inside = false;
  for (size_t i = 0; i < folded.size();) {
    const size_t at = i;
    const char32_t c = text::next_code_point(folded, i);
    const bool part = text::is_letter(c) || text::is_number(c) || text::is_mark(c);
    if (part && !inside) begin = at;
    if (!part && inside) words.push_back(folded.substr(begin, at - begin));
    inside = part;
  }
  if (inside) words.push_back(folded.substr(begin));
  return words;
}

void EvaluationSets::add_text(std::string_view text, uint32_t item) {
  const std::vector<std::string> words = overlap_words(text);
  if (words.size() < shortest_) return;
  const std::vector<uint64_t> hashes = word_hashes(words);
  const size_t n = std::min(ngram_, words.size());
  if (by_length_.size() <= n) by_length_.resize(n + 1);
  for (size_t i = 0; i + n <= words.size(); ++i)
    by_length_[n].push_back({window_hash(std::span(hashes).subspan(i, n)),
                             {static_cast<uint32_t>(names_.size() - 1), item, joined(std::span(words).subspan(i, n))}});
}

void EvaluationSets::add(const std::filesystem::path& file, std::string_view place) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code))
    throw Error(std::string(place),
                fmt::format(fmt::runtime(tr("the evaluation set \"{}\" is not there", "\"{}\" 평가 집합이 없습니다")),
                            file.string()),
                std::string(tr("correct the path; it is relative to the recipe's folder",
                               "경로를 고치세요. 레시피 폴더에서의 상대 경로입니다")));
  names_.push_back(file.filename().string());
  items_.emplace_back();
  const std::string text = read_file(file);
  const std::string ending = file.extension().string();
  uint32_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view one = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (text::trim(one).empty()) continue;
    const auto grams = [&] {
      size_t sum = 0;
      for (const auto& keys : by_length_) sum += keys.size();
      return sum;
    };
    const size_t before = grams();
    if (ending == ".jsonl" || ending == ".ndjson") {
      for_each_text(parse_json(one, fmt::format("{}:{}", file.string(), line)),
                    [&](const std::string& value) { add_text(value, line); });
    } else {
      add_text(one, line);
    }
    ++items_.back().second;
    if (grams() > before) ++items_.back().first;
  }
}

void EvaluationSets::prepare() {
  for (auto& keys : by_length_)
    std::ranges::sort(keys, [](const Key& a, const Key& b) {
      return std::tie(a.hash, a.entry.set, a.entry.item, a.entry.text) <
             std::tie(b.hash, b.entry.set, b.entry.item, b.entry.text);
    });
}

std::vector<const EvaluationSets::Entry*> EvaluationSets::find(std::string_view text) const {
  const std::vector<std::string> words = overlap_words(text);
  const std::vector<uint64_t> hashes = word_hashes(words);
  std::vector<std::pair<size_t, const Entry*>> found;
  for (size_t n = 1; n < by_length_.size(); ++n) {
    const auto& keys = by_length_[n];
    if (keys.empty()) continue;
    for (size_t i = 0; i + n <= words.size(); ++i) {
      const uint64_t hash = window_hash(std::span(hashes).subspan(i, n));
      for (auto key = std::ranges::lower_bound(keys, hash, {}, &Key::hash); key != keys.end() && key->hash == hash;
           ++key)
        if (key->entry.text == joined(std::span(words).subspan(i, n))) found.emplace_back(i, &key->entry);
    }
  }
  std::ranges::stable_sort(found, {}, &std::pair<size_t, const Entry*>::first);
  std::vector<const Entry*> first;
  std::set<std::pair<uint32_t, uint32_t>> seen;
  for (const auto& [at, entry] : found)
    if (seen.emplace(entry->set, entry->item).second) first.push_back(entry);
  return first;
}

}  // namespace moru::curate
