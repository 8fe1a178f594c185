#include "text/ngram_model.h"

#include <cassert>
#include <cstring>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr std::string_view kMagic = "MORUNGM1";
constexpr double kScalars = 0x110000 - 0x800;  // code points that are characters: the uniform distribution's size

/// Never 0, which marks a free slot.
uint64_t key_of(std::u32string_view ngram) {
  const uint64_t hash =
      hash64({reinterpret_cast<const char*>(ngram.data()), ngram.size() * sizeof(char32_t)}, ngram.size());
  return hash == 0 ? 1 : hash;
}

/// U'\0', the characters, U'\0'.
std::u32string framed(std::string_view text) {
  std::u32string characters(1, U'\0');
  characters.reserve(text.size() / 2 + 2);
  for (size_t i = 0; i < text.size();) characters += next_code_point(text, i);
  characters += U'\0';
  return characters;
}

template <class Value>
void put(std::string& bytes, Value value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Value>
Value take(std::string_view& bytes) {
  Value value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

}  // namespace

NgramModel::Trainer::Trainer(int order) : order_(order), slots_(1U << 16U) {
  assert(order >= 1 && order <= 8);
}

void NgramModel::Trainer::count(uint64_t key, uint64_t context, uint32_t length) {
  const size_t mask = slots_.size() - 1;
  size_t at = key & mask;
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & mask;
  Slot& slot = slots_[at];
  if (slot.key == 0) {
    slot = {key, context, 0, length};
    ++used_;
  }
  if (slot.count != std::numeric_limits<uint32_t>::max()) ++slot.count;
  if (used_ * 2 > slots_.size()) grow();
}

void NgramModel::Trainer::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  const size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.key == 0) continue;
    size_t at = slot.key & mask;
    while (larger[at].key != 0) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

void NgramModel::Trainer::add(std::string_view text) {
  if (text.empty()) return;
  const std::u32string characters = framed(text);
  characters_ += characters.size() - 1;
  const std::u32string_view view = characters;
  for (size_t i = 1; i < view.size(); ++i)
    for (size_t n = 1; n <= static_cast<size_t>(order_) && n <= i + 1; ++n)
      count(key_of(view.substr(i + 1 - n, n)), key_of(view.substr(i + 1 - n, n - 1)), static_cast<uint32_t>(n));
}

NgramModel NgramModel::Trainer::finish(uint32_t minimum_count, std::string provenance) {
  std::vector<Slot> counted;
  for (const Slot& slot : slots_)
    if (slot.key != 0 && (slot.length < 3 || slot.count >= minimum_count)) counted.push_back(slot);
  slots_ = {};
  std::vector<Entry> entries;
  entries.reserve(counted.size() + 1);
  for (const Slot& slot : counted) entries.push_back({slot.key, slot.count, 0, 0});
  std::ranges::sort(entries, {}, &Entry::key);
  // A context is an n-gram itself, but for the empty one and what only a text's begin made.
  std::ranges::sort(counted, {}, &Slot::context);
  std::vector<Entry> contexts;
  for (const Slot& slot : counted) {
    if (contexts.empty() || contexts.back().key != slot.context) contexts.push_back({slot.context, 0, 0, 0});
    ++contexts.back().types;
    contexts.back().total += slot.count;
  }
  std::vector<Entry> merged;
  merged.reserve(entries.size() + 2);
  for (size_t i = 0, j = 0; i < entries.size() || j < contexts.size();) {
    const bool left = j == contexts.size() || (i < entries.size() && entries[i].key <= contexts[j].key);
    Entry entry = left ? entries[i++] : contexts[j++];
    if (left && j < contexts.size() && contexts[j].key == entry.key) {
      entry.types = contexts[j].types;
      entry.total = contexts[j].total;
      ++j;
    }
    merged.push_back(entry);
  }
  NgramModel model;
  model.order_ = order_;
  model.provenance_ = std::move(provenance);
  model.build(merged);
  return model;
}

void NgramModel::build(const std::vector<Entry>& entries) {
  entries_ = entries.size();
  table_.assign(std::bit_ceil(std::max<size_t>(entries.size() * 2, 16)), {});
  const size_t mask = table_.size() - 1;
  for (const Entry& entry : entries) {
    size_t at = entry.key & mask;
    while (table_[at].key != 0) at = (at + 1) & mask;
    table_[at] = entry;
  }
}

std::vector<NgramModel::Entry> NgramModel::sorted() const {
  std::vector<Entry> entries;
  for (const Entry& entry : table_)
    if (entry.key != 0) entries.push_back(entry);
  std::ranges::sort(entries, {}, &Entry::key);
  return entries;
}

const NgramModel::Entry* NgramModel::find(uint64_t key) const {
  const size_t mask = table_.size() - 1;
  for (size_t at = key & mask; table_[at].key != 0; at = (at + 1) & mask)
    if (table_[at].key == key) return &table_[at];
  return nullptr;
}

double NgramModel::probability(std::u32string_view context, char32_t next) const {
  std::u32string window(
      context.substr(context.size() - std::min<size_t>(context.size(), static_cast<size_t>(order_) - 1)));
  window += next;
  const std::u32string_view view = window;
  double p = 1 / kScalars;
  for (size_t n = 1; n <= view.size(); ++n) {
    const Entry* history = find(key_of(view.substr(view.size() - n, n - 1)));
    // What never went before anything tells nothing, nor does any longer context.
    if (history == nullptr || history->types == 0) break;
    const Entry* ngram = find(key_of(view.substr(view.size() - n, n)));
    const double count = ngram == nullptr ? 0 : ngram->count;
    const auto types = static_cast<double>(history->types);
    p = (count + types * p) / (static_cast<double>(history->total) + types);
  }
  return p;
}

double NgramModel::bits_per_character(std::string_view text) const {
  if (text.empty()) return 0;
  const std::u32string characters = framed(text);
  const std::u32string_view view = characters;
  double bits = 0;
  for (size_t i = 1; i < view.size(); ++i) bits -= std::log2(probability(view.substr(0, i), view[i]));
  return bits / static_cast<double>(view.size() - 1);
}

void NgramModel::save(const std::filesystem::path& path) const {
  std::string bytes(kMagic);
  put(bytes, static_cast<uint32_t>(order_));
  put(bytes, static_cast<uint32_t>(provenance_.size()));
  put(bytes, entries_);
  bytes += provenance_;
  for (const Entry& entry : sorted()) {
    put(bytes, entry.key);
    put(bytes, entry.count);
    put(bytes, entry.types);
    put(bytes, entry.total);
  }
  put(bytes, hash64(bytes));
  write_file_atomic(path, bytes);
}

NgramModel NgramModel::load(const std::filesystem::path& path) {
  const std::string file = read_file(path);
  const auto fail = [&](std::string_view problem) -> Error {
    return {path.string(), std::string(problem),
            std::string(tr("make the model again: moru curate train-language-model",
                           "모델을 다시 만드세요: moru curate train-language-model"))};
  };
  std::string_view bytes = file;
  constexpr size_t kHeader = kMagic.size() + 16, kEntry = 24;
  if (bytes.size() < kHeader + 8 || !bytes.starts_with(kMagic))
    throw fail(tr("not an n-gram language model", "n-그램 언어 모델이 아닙니다"));
  std::string_view trailer = bytes.substr(bytes.size() - 8);
  bytes.remove_suffix(8);
  if (hash64(bytes) != take<uint64_t>(trailer))
    throw fail(tr("the language model is damaged", "언어 모델 파일이 손상되었습니다"));
  bytes.remove_prefix(kMagic.size());
  NgramModel model;
  const auto order = take<uint32_t>(bytes);
  const auto provenance = take<uint32_t>(bytes);
  const auto count = take<uint64_t>(bytes);
  if (order < 1 || order > 8 || provenance > bytes.size() || (bytes.size() - provenance) % kEntry != 0 ||
      (bytes.size() - provenance) / kEntry != count)
    throw fail(tr("the language model is damaged", "언어 모델 파일이 손상되었습니다"));
  model.order_ = static_cast<int>(order);
  model.provenance_ = bytes.substr(0, provenance);
  bytes.remove_prefix(provenance);
  std::vector<Entry> entries(count);
  for (Entry& entry : entries) {
    entry.key = take<uint64_t>(bytes);
    entry.count = take<uint32_t>(bytes);
    entry.types = take<uint32_t>(bytes);
    entry.total = take<uint64_t>(bytes);
  }
  model.build(entries);
  return model;
}

}  // namespace moru::text
