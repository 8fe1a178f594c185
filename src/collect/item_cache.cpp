#include "collect/item_cache.h"

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::collect {
namespace {

// A result of one piece stands under the item's key; of one of several, the pieces under "KEY 0" …, their number under
// "KEY n", which is written last.
std::string piece_key(const std::string& key, uint32_t piece) {
  return fmt::format("{} {}", key, piece);
}
std::string number_key(const std::string& key) {
  return key + " n";
}

}  // namespace

ItemCache::ItemCache(const Options& options, const Plan& plan)
    : plan_(plan),
      place_((options.store / "results").string()),
      cache_(options.store.empty() ? fs::path() : options.store / "results",
             options.store.empty() ? 0 : options.cache_bytes),
      keys_(plan.items.size()),
      known_(plan.items.size()),
      pieces_(plan.items.size(), 1) {
  if (options.store.empty()) return;
  parallel_for(keys_.size(), [&](size_t i) { keys_[i] = item_key(options, plan, plan.items[i]); });
  for (size_t i = 0; i < keys_.size(); ++i) {
    known_[i] = cache_.has(keys_[i]);
    if (known_[i]) continue;
    const auto number = cache_.find(number_key(keys_[i]));
    if (!number) continue;
    pieces_[i] = static_cast<uint32_t>(std::strtoul(number->c_str(), nullptr, 10));
    known_[i] = true;
    for (uint32_t piece = 0; piece < pieces_[i]; ++piece)
      known_[i] = known_[i] && cache_.has(piece_key(keys_[i], piece));
  }
}

std::vector<size_t> ItemCache::unknown() const {
  std::vector<size_t> out;
  for (size_t i = 0; i < known_.size(); ++i)
    if (!known_[i]) out.push_back(i);
  return out;
}

void ItemCache::for_each_piece(size_t item, const std::function<void(const std::string&)>& use) {
  for (uint32_t piece = 0; piece < pieces_[item]; ++piece) {
    const auto text = cache_.find(pieces_[item] == 1 ? keys_[item] : piece_key(keys_[item], piece));
    if (!text)
      throw Error(place_,
                  std::string(tr("what was kept of the last run is damaged", "지난 실행의 보관 내용이 손상되었습니다")),
                  std::string(tr("remove this folder and run again", "이 폴더를 지우고 다시 실행하세요")));
    use(*text);
  }
}

void ItemCache::learn(size_t item, const SandboxResult& result) {
  if (keys_[item].empty()) return;
  if (item != learning_) close();
  learning_ = item;
  if (result.end != SandboxEnd::more && result.end != SandboxEnd::done) good_ = false;
  if (!good_ || result.output.empty()) return;
  if (!held_.empty()) good_ = cache_.put(piece_key(keys_[item], given_++), held_);
  held_ = result.output;
}

void ItemCache::close() {
  if (learning_ != SIZE_MAX && good_ && !held_.empty()) {
    const std::string& key = keys_[learning_];
    if (given_ == 0) {
      cache_.put(key, held_);
    } else if (cache_.put(piece_key(key, given_++), held_)) {
      cache_.put(number_key(key), std::to_string(given_));
    }
  }
  learning_ = SIZE_MAX;
  good_ = true;
  given_ = 0;
  held_.clear();
}

Unchanged ItemCache::finish() {
  close();
  cache_.finish();
  Unchanged count;
  for (size_t i = 0; i < known_.size();) {
    const size_t file = plan_.items[i].file;
    bool known = true;
    for (; i < known_.size() && plan_.items[i].file == file; ++i) known = known && known_[i];
    ++(known ? count.known : count.read);
  }
  return count;
}

}  // namespace moru::collect
