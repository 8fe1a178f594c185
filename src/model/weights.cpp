#include "model/weights.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json.h"
#include "core/language.h"

namespace moru::model {
namespace {

constexpr uint64_t kMaxIndex = 100'000'000;  // bytes: as safetensors' own header
constexpr int64_t kMaxSplits = 9999;

[[noreturn]] void damaged(const std::string& place, const std::string& problem) {
  throw Error(place, problem,
              std::string(tr("the model's files do not belong together or are damaged; get or make them again",
                             "모델 파일들이 서로 맞지 않거나 손상되었습니다. 다시 받거나 만드세요")));
}

/// A name that cannot leave its folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find_first_of("/\\") == std::string::npos &&
         name.find('\0') == std::string::npos && name.ends_with(".safetensors");
}

/// "NAME-00001-of-00003.gguf": NAME, number and count; nothing for other names.
struct SplitName {
  std::string stem;
  int64_t number = 0, count = 0;
};
std::optional<SplitName> split_name(const std::string& name) {
  // 20 characters: "-00001-of-00003.gguf"
  if (name.size() < 21) return std::nullopt;
  const std::string_view tail = std::string_view(name).substr(name.size() - 20);
  if (tail[0] != '-' || tail.substr(6, 4) != "-of-" || tail.substr(15) != ".gguf") return std::nullopt;
  SplitName result{name.substr(0, name.size() - 20), 0, 0};
  for (size_t i = 0; i < 5; ++i) {
    const char a = tail[1 + i], b = tail[10 + i];
    if (a < '0' || a > '9' || b < '0' || b > '9') return std::nullopt;
    result.number = 10 * result.number + (a - '0');
    result.count = 10 * result.count + (b - '0');
  }
  return result;
}

}  // namespace

SafetensorsIndex read_safetensors_index(std::string_view text, std::string_view place) {
  const Json json = parse_json(text, place);
  const std::string where = fmt::format("{}: weight_map", place);
  const auto map = json.is_object() ? json.find("weight_map") : json.end();
  if (map == json.end() || !map->is_object())
    damaged(where, std::string(tr("the list of tensors is missing", "텐서 목록이 없습니다")));
  SafetensorsIndex index;
  for (const auto& item : map->items()) {
    const std::string file = item.value().is_string() ? item.value().get<std::string>() : std::string();
    if (!is_plain_name(file))
      damaged(where, fmt::format(fmt::runtime(tr("\"{}\" is not to lie in a file of this folder but in {}",
                                                 "\"{}\" 텐서가 이 폴더의 파일이 아니라 {}에 있다고 합니다")),
                                 item.key(), dump_json(item.value())));
    index.files.emplace(item.key(), file);
  }
  return index;
}

WeightSource WeightSource::open(const fs::path& path) {
  WeightSource source;
  source.place_ = path.string();
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    const fs::path one = path / "model.safetensors", index = path / "model.safetensors.index.json";
    const bool sharded = !fs::exists(one, failed) && fs::exists(index, failed);
    source.place_ = (sharded ? index : one).string();
    if (sharded) {
      source.open_index(index);
    } else {
      source.add_safetensors(one, nullptr);
    }
  } else if (path.extension() == ".gguf") {
    source.open_gguf(path);
  } else if (path.extension() == ".json") {
    source.open_index(path);
  } else {
    source.add_safetensors(path, nullptr);
  }
  return source;
}

void WeightSource::add_safetensors(const fs::path& path, const std::map<std::string, std::string>* index) {
  safetensors_.emplace_back(path);
  files_.push_back(path);
  const SafetensorsFile& file = safetensors_.back();
  if (safetensors_.size() == 1) metadata_ = file.metadata();
  if (index == nullptr) {
    tensors_ = file.tensors();
    return;
  }
  const std::string name = path.filename().string();
  for (const auto& [tensor, entry] : file.tensors()) {
    const auto it = index->find(tensor);
    if (it != index->end() && it->second == name) tensors_.emplace(tensor, entry);
  }
}

void WeightSource::open_index(const fs::path& path) {
  const std::string place = path.string();
  std::error_code failed;
  const uintmax_t size = fs::file_size(path, failed);
  if (!failed && size > kMaxIndex)
    damaged(place, std::string(tr("the index is larger than any model needs", "색인이 너무 큽니다")));
  const SafetensorsIndex index = read_safetensors_index(read_file(path), place);
  files_.push_back(path);
  std::vector<std::string> names;
  for (const auto& [tensor, file] : index.files) names.push_back(file);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) add_safetensors(path.parent_path() / name, &index.files);
  for (const auto& [tensor, file] : index.files)
    if (!tensors_.contains(tensor))
      damaged(place, fmt::format(fmt::runtime(tr("the tensor \"{}\" is not in {}", "텐서 \"{}\"이(가) {}에 없습니다")),
                                 tensor, file));
}

void WeightSource::open_gguf(const fs::path& path) {
  gguf_.emplace_back(path);
  files_.push_back(path);
  const int64_t count = gguf_[0].integer_or("split.count", 1);
  const std::optional<SplitName> split = split_name(path.filename().string());
  if (count > 1) {
    if (!split || split->number != 1 || split->count != count || count > kMaxSplits)
      damaged(place_,
              fmt::format(fmt::runtime(tr("a part of a model in {} files; open the first, NAME-00001-of-{:05}.gguf",
                                          "파일 {}개로 나뉜 모델입니다. 첫 파일 NAME-00001-of-{:05}.gguf를 여세요")),
                          count, count));
    for (int64_t i = 2; i <= count; ++i) {
      files_.push_back(path.parent_path() / fmt::format("{}-{:05}-of-{:05}.gguf", split->stem, i, count));
      gguf_.emplace_back(files_.back());
    }
  }
  for (const GgufFile& file : gguf_) {
    for (const auto& [name, entry] : file.tensors()) {
      if (!tensors_.emplace(name, entry).second)
        damaged(file.place() + ": " + name,
                std::string(tr("two tensors have one name", "이름이 같은 텐서가 둘 있습니다")));
    }
  }
}

const TensorEntry* WeightSource::find(std::string_view name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? nullptr : &it->second;
}

const TensorEntry& WeightSource::at(std::string_view name) const {
  const TensorEntry* entry = find(name);
  if (entry == nullptr)
    damaged(place_, fmt::format(fmt::runtime(tr("the tensor \"{}\" is missing", "텐서 \"{}\"이(가) 없습니다")), name));
  return *entry;
}

uint64_t WeightSource::bytes() const {
  uint64_t sum = 0;
  for (const auto& [name, entry] : tensors_) sum += entry.stored_bytes();
  return sum;
}

uint64_t WeightSource::elements() const {
  uint64_t sum = 0;
  for (const auto& [name, entry] : tensors_) sum += static_cast<uint64_t>(entry.count());
  return sum;
}

WeightSource WeightSource::renamed(std::map<std::string, TensorEntry, std::less<>> tensors) && {
  tensors_ = std::move(tensors);
  return std::move(*this);
}

ShardedWriter::ShardedWriter(fs::path folder, std::vector<PlannedTensor> tensors, uint64_t shard_size,
                             std::map<std::string, std::string> metadata)
    : folder_(std::move(folder)), tensors_(std::move(tensors)), metadata_(std::move(metadata)) {
  uint64_t held = 0;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const uint64_t size = tensors_[i].bytes();
    if (i > 0 && (held > shard_size || size > shard_size - held)) {
      ends_.push_back(i);
      held = 0;
    }
    held += size;
  }
  ends_.push_back(tensors_.size());
  next_shard();
}

std::string ShardedWriter::name_of(size_t shard) const {
  return ends_.size() == 1 ? "model.safetensors"
                           : fmt::format("model-{:05}-of-{:05}.safetensors", shard + 1, ends_.size());
}

void ShardedWriter::next_shard() {
  const size_t begin = shard_ == 0 ? 0 : ends_[shard_ - 1];
  const auto part = std::span(tensors_).subspan(begin, ends_[shard_] - begin);
  left_ = 0;
  for (const PlannedTensor& tensor : part) left_ += tensor.bytes();
  writer_ = std::make_unique<SafetensorsWriter>(folder_ / name_of(shard_), part, metadata_);
}

void ShardedWriter::write(std::span<const std::byte> bytes) {
  while (left_ == 0 && !bytes.empty() && shard_ + 1 < ends_.size()) {
    writer_->commit();
    ++shard_;
    next_shard();
  }
  if (bytes.size() > left_) throw std::logic_error("a piece reaches over the end of a shard");
  writer_->write(bytes);
  left_ -= bytes.size();
}

void ShardedWriter::commit() {
  writer_->commit();
  if (shard_ + 1 != ends_.size()) throw std::logic_error("a shard is missing");
  if (ends_.size() == 1) return;
  Json map = Json::object();
  uint64_t total = 0;
  for (size_t shard = 0, i = 0; shard < ends_.size(); ++shard) {
    for (; i < ends_[shard]; ++i) {
      map[tensors_[i].name] = name_of(shard);
      total += tensors_[i].bytes();
    }
  }
  const Json index = {{"metadata", {{"total_size", total}}}, {"weight_map", map}};
  write_file_atomic(folder_ / "model.safetensors.index.json", dump_json(index, 2) + "\n");
}

}  // namespace moru::model
