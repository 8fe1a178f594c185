#include "train/packed.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/language.h"
#include "core/threads.h"
#include "data/dataset.h"
#include "data/document.h"
#include "data/sample.h"
#include "text/chat_template.h"

namespace moru::train {
namespace {

struct Encoded {
  std::vector<text::Token> tokens;
  std::vector<uint8_t> learned;
  std::string origin;
  double epochs = 1;  ///< How often it stands in one pass over the data.
};

/// Encodes records in blocks on all cores and hands them over in order.
template <class Record>
void encode_in_order(const std::function<void(const std::function<void(Record)>&)>& each,
                     const std::function<Encoded(const Record&)>& encode, const std::function<void(Encoded)>& use) {
  constexpr size_t kBlock = 512;  // records held at once
  std::vector<Record> block;
  const auto flush = [&] {
    std::vector<Encoded> encoded(block.size());
    parallel_for(block.size(), [&](size_t i) { encoded[i] = encode(block[i]); });
    for (Encoded& e : encoded) use(std::move(e));
    block.clear();
  };
  each([&](Record record) {
    block.push_back(std::move(record));
    if (block.size() == kBlock) flush();
  });
  flush();
}

}  // namespace

PackedWriter::PackedWriter(fs::path folder)
    : folder_((make_directories(folder), std::move(folder))),
      tokens_(folder_ / "tokens.bin"),
      index_(folder_ / "index.jsonl") {}

void PackedWriter::add(std::span<const text::Token> tokens, std::span<const uint8_t> learned,
                       const std::string& origin) {
  std::vector<int32_t> packed(tokens.begin(), tokens.end());
  for (size_t i = 0; i < packed.size(); ++i)
    if (learned[i] != 0) packed[i] |= PackedTokens::kLearned;
  tokens_.write(std::as_bytes(std::span(packed)));
  index_.write(dump_json({{"begin", count_}, {"end", count_ + packed.size()}, {"origin", origin}}) + "\n");
  count_ += packed.size();
}

void PackedWriter::finish() {
  tokens_.commit();
  index_.commit();
}

PackedTokens::PackedTokens(const fs::path& folder) : file_(folder / "tokens.bin") {
  const fs::path path = folder / "index.jsonl";
  const std::string index = read_file(path);
  uint64_t line = 0;
  for (size_t begin = 0; begin < index.size();) {
    const size_t end = std::min(index.find('\n', begin), index.size());
    const std::string place = fmt::format("{}:{}", path.string(), ++line);
    const Json record = parse_json(std::string_view(index).substr(begin, end - begin), place);
    PackedSequence s{static_cast<uint64_t>(json_integer(record, "begin", place)),
                     static_cast<uint64_t>(json_integer(record, "end", place)), json_text(record, "origin", place)};
    if (s.begin > s.end || s.end > size())
      throw Error(place, std::string(tr("the range runs past tokens.bin", "범위가 tokens.bin을 넘어섭니다")),
                  std::string(tr("delete the training work folder and build again",
                                 "학습 작업 폴더를 지우고 다시 빌드하세요")));
    sequences_.push_back(std::move(s));
    begin = end + 1;
  }
}

void pack_corpus(const fs::path& corpus, const text::Tokenizer& tokenizer, text::Token end, size_t length,
                 const fs::path& folder, const std::set<std::string>& held_out) {
  const data::DatasetReader reader(corpus, data::kDocumentSchema);
  PackedWriter writer(folder);
  encode_in_order<data::Document>(
      [&](const auto& use) {
        reader.for_each([&](const Json& json, std::string_view place) {
          data::Document document = data::document_from_json(json, place);
          if (!held_out.contains(document.id)) use(std::move(document));
        });
      },
      [&](const data::Document& document) {
        Encoded e{tokenizer.encode(document.text), {}, document.id};
        e.tokens.push_back(end);
        if (const auto epochs = document.measures.find("epochs"); epochs != document.measures.end())
          e.epochs = epochs->second;
        return e;
      },
      [&](const Encoded& e) {
        const std::span<const text::Token> all(e.tokens);
        // Of 2.3 passes the last is for three documents in ten, chosen by their ids.
        const double draw = static_cast<double>(hash64(e.origin) >> 11U) * 0x1p-53;
        const auto copies = static_cast<uint64_t>(e.epochs + draw);
        for (uint64_t copy = 0; copy < copies; ++copy)
          for (size_t begin = 0; begin + 1 < all.size(); begin += length) {
            const auto part = all.subspan(begin, std::min(length, all.size() - begin));
            if (part.size() > 1) writer.add(part, std::vector<uint8_t>(part.size(), 1), e.origin);
          }
      });
  writer.finish();
}

uint64_t pack_samples(const fs::path& samples, const text::Tokenizer& tokenizer, const text::ModelChat& model_chat,
                      size_t length, const fs::path& folder) {
  const data::DatasetReader reader(samples, data::kSampleSchema);
  PackedWriter writer(folder);
  uint64_t left_out = 0;
  encode_in_order<data::Sample>(
      [&](const auto& use) {
        reader.for_each([&](const Json& json, std::string_view place) {
          data::Sample sample = data::sample_from_json(json, place);
          if (!sample.held_out) use(std::move(sample));
        });
      },
      [&](const data::Sample& sample) {
        Encoded e;
        e.origin = sample.id;
        if (sample.kind == data::SampleKind::text) {
          e.tokens = tokenizer.encode(sample.text);
          e.learned.assign(e.tokens.size(), 1);
          return e;
        }
        std::vector<text::ChatMessage> messages;
        for (const data::Message& m : sample.messages) messages.push_back({m.role, m.content});
        text::ChatTokens chat = model_chat.encode(tokenizer, messages);
        e.tokens = std::move(chat.tokens);
        e.learned = std::move(chat.learned);
        // What follows the last learned token teaches nothing.
        while (!e.learned.empty() && e.learned.back() == 0) {
          e.tokens.pop_back();
          e.learned.pop_back();
        }
        return e;
      },
      [&](const Encoded& e) {
        if (e.tokens.size() < 2 || e.tokens.size() > length) {
          ++left_out;
        } else {
          writer.add(e.tokens, e.learned, e.origin);
        }
      });
  writer.finish();
  return left_out;
}

}  // namespace moru::train
