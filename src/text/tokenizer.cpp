#include "text/tokenizer.h"

#include "core/file.h"
#include "text/bpe.h"
#include "text/char_class.h"
#include "text/pretokenizer.h"
#include "text/tokenizer_json.h"

namespace moru::text {

struct Tokenizer::Data {
  Data(TokenizerParts&& parts, const std::array<Token, 256>& byte_tokens)
      : bytes(std::move(parts.bytes)), bpe(byte_tokens, parts.merges), special(bytes.size()) {
    for (const AddedToken& token : parts.added) {
      special[static_cast<size_t>(token.id)] = token.special;
      added.emplace(token.text, token.id);
      by_first_byte[static_cast<unsigned char>(token.text[0])].push_back(token.id);
    }
    // Of two that begin alike the longer is found.
    for (std::vector<Token>& tokens : by_first_byte) {
      std::sort(tokens.begin(), tokens.end(), [&](Token a, Token b) {
        const std::string& x = bytes[static_cast<size_t>(a)];
        const std::string& y = bytes[static_cast<size_t>(b)];
        return std::pair(y.size(), a) < std::pair(x.size(), b);
      });
    }
  }

  void encode(std::string_view text, std::vector<Token>& out, BpeScratch& scratch, std::string& storage) const {
    for_each_pretoken(normalized_nfc(text, storage), [&](std::string_view piece) { bpe.encode(piece, out, scratch); });
  }
  /// The added token that begins at `position` and is nobody's words, or -1.
  Token added_at(const MarkedText& text, size_t position) const {
    const std::string_view rest = std::string_view(text.bytes()).substr(position);
    for (const Token token : by_first_byte[static_cast<unsigned char>(rest[0])]) {
      const std::string& name = bytes[static_cast<size_t>(token)];
      if (rest.starts_with(name) && text.is_written(position, position + name.size())) return token;
    }
    return -1;
  }

  std::vector<std::string> bytes;
  Bpe bpe;
  std::vector<bool> special;
  std::map<std::string, Token, std::less<>> added;
  std::array<std::vector<Token>, 256> by_first_byte;
};

Tokenizer::Tokenizer(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::load(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "tokenizer.json";
  return from_json(read_file(path), path.string());
}

Tokenizer Tokenizer::from_json(std::string_view text, std::string_view place) {
  TokenizerParts parts = read_tokenizer_json(text, place);
  std::vector<bool> is_added(parts.bytes.size());
  for (const AddedToken& token : parts.added) is_added[static_cast<size_t>(token.id)] = true;
  std::array<Token, 256> byte_tokens{};
  for (size_t id = 0; id < parts.bytes.size(); ++id) {
    if (parts.bytes[id].size() == 1 && !is_added[id]) {
      byte_tokens[static_cast<unsigned char>(parts.bytes[id][0])] = static_cast<Token>(id);
    }
  }
  return Tokenizer(std::make_unique<Data>(std::move(parts), byte_tokens));
}

size_t Tokenizer::vocabulary_size() const {
  return data_->bytes.size();
}

std::vector<Token> Tokenizer::encode(std::string_view text) const {
  std::vector<Token> out;
  BpeScratch scratch;
  std::string storage;
  data_->encode(text, out, scratch, storage);
  return out;
}

std::vector<Token> Tokenizer::encode_with_specials(std::string_view text) const {
  return encode_with_specials(MarkedText::written(std::string(text)));
}

std::vector<Token> Tokenizer::encode_with_specials(const MarkedText& marked) const {
  const std::string_view text = marked.bytes();
  std::vector<Token> out;
  BpeScratch scratch;
  std::string storage;
  size_t begin = 0;
  for (size_t position = 0; position < text.size();) {
    const Token token = data_->added_at(marked, position);
    if (token < 0) {
      ++position;
      continue;
    }
    data_->encode(text.substr(begin, position - begin), out, scratch, storage);
    out.push_back(token);
    begin = position += bytes(token).size();
  }
  data_->encode(text.substr(begin), out, scratch, storage);
  return out;
}

std::string Tokenizer::decode(std::span<const Token> tokens, bool skip_specials) const {
  std::string text;
  for (const Token token : tokens) {
    if (!skip_specials || !is_special(token)) text += bytes(token);
  }
  return text;
}

std::string_view Tokenizer::bytes(Token token) const {
  const auto id = static_cast<size_t>(token);
  return id < data_->bytes.size() ? std::string_view(data_->bytes[id]) : std::string_view();
}

Token Tokenizer::special(std::string_view text) const {
  const auto it = data_->added.find(text);
  return it == data_->added.end() ? -1 : it->second;
}

bool Tokenizer::is_special(Token token) const {
  const auto id = static_cast<size_t>(token);
  return id < data_->special.size() && data_->special[id];
}

}  // namespace moru::text
