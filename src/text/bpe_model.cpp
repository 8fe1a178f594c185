#include "text/bpe_model.h"

#include <utility>

#include "text/byte_level.h"
#include "text/char_class.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

constexpr char32_t kSpaceMark = 0x2581;
constexpr std::string_view kSpaceMarkBytes = "\u2581";

/// The byte that <0x0A> and its like stand for, or -1.
int fallback_byte(std::string_view name) {
  if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>') return -1;
  int byte = 0;
  for (const char c : name.substr(3, 2)) {
    if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F')) return -1;
    byte = byte * 16 + (c <= '9' ? c - '0' : c - 'A' + 10);
  }
  return byte;
}

/// Calls use(token, bytes, is_literal) for what the vocabulary of the model holds. Bytes that are not literal are
/// written in GPT-2's characters there.
template <class Use>
void for_each_token(const TokenizerParts& parts, Use&& use) {
  const size_t count = parts.bytes.size();
  std::vector<bool> absent(count), literal = parts.literal;
  literal.resize(count);
  if (!parts.pipeline.is_byte_level()) literal.assign(count, true);
  for (const AddedToken& token : parts.added) {
    absent[static_cast<size_t>(token.id)] = !token.in_vocabulary;
    literal[static_cast<size_t>(token.id)] = true;
  }
  for (size_t id = 0; id < count; ++id) {
    if (!absent[id] && !parts.bytes[id].empty()) use(static_cast<Token>(id), parts.bytes[id], literal[id]);
  }
}

}  // namespace

std::array<Token, 256> BpeModel::byte_tokens_of(const TokenizerParts& parts) {
  std::array<Token, 256> tokens{};
  tokens.fill(-1);
  for_each_token(parts, [&](Token token, const std::string& bytes, bool is_literal) {
    if (!parts.pipeline.is_byte_level()) {
      if (const int byte = fallback_byte(bytes); byte >= 0) tokens[static_cast<size_t>(byte)] = token;
    } else if (!is_literal) {
      if (bytes.size() == 1) tokens[static_cast<unsigned char>(bytes[0])] = token;
    } else if (const auto plain = bytes.size() <= 2 ? from_byte_level(bytes) : std::nullopt;
               plain && plain->size() == 1) {
      tokens[static_cast<unsigned char>((*plain)[0])] = token;
    }
  });
  return tokens;
}

BpeModel::BpeModel(const TokenizerParts& parts)
    : is_byte_level_(parts.pipeline.is_byte_level()),
      fuse_unk_(parts.pipeline.fuse_unk),
      unknown_(parts.pipeline.unknown),
      byte_tokens_(byte_tokens_of(parts)),
      bpe_(is_byte_level_ ? byte_tokens_ : std::array<Token, 256>{}, parts.merges) {
  if (is_byte_level_) {
    is_plain_ = std::ranges::find(byte_tokens_, -1) == byte_tokens_.end();
  } else {
    if (!parts.pipeline.byte_fallback) byte_tokens_.fill(-1);
    read_characters(parts);
  }
  if (parts.pipeline.ignore_merges) read_whole_pieces(parts);
}

void BpeModel::read_characters(const TokenizerParts& parts) {
  block_.assign(0x1100, 0);
  characters_.assign(256, -1);
  for_each_token(parts, [&](Token token, const std::string& name, bool) {
    size_t end = 0;
    if (name.size() > 4) return;
    const char32_t code = next_code_point(name, end);
    if (end != name.size()) return;
    uint16_t& block = block_[code >> 8];
    if (block == 0) {
      block = static_cast<uint16_t>(characters_.size() / 256);
      characters_.resize(characters_.size() + 256, -1);
    }
    characters_[block * 256U + (code & 255)] = token;
  });
  words_apart_ = character(kSpaceMark) >= 0;
  for (const BpeMerge& merge : parts.merges) {
    const std::string& left = parts.bytes[static_cast<size_t>(merge.left)];
    const std::string& right = parts.bytes[static_cast<size_t>(merge.right)];
    words_apart_ = words_apart_ && (!right.starts_with(kSpaceMarkBytes) || left.ends_with(kSpaceMarkBytes));
  }
}

void BpeModel::read_whole_pieces(const TokenizerParts& parts) {
  Scratch scratch;
  std::vector<Token> tokens;
  std::unordered_map<std::string, Token> whole;
  // Where the encoder is linear, what a merge makes is the encoding of its own bytes.
  std::vector<bool> made(parts.bytes.size());
  if (bpe_.is_linear() && is_plain_) {
    for (const BpeMerge& merge : parts.merges) made[static_cast<size_t>(merge.result)] = true;
  }
  for_each_token(parts, [&](Token token, const std::string& bytes, bool is_literal) {
    if (made[static_cast<size_t>(token)]) return;
    std::string name = bytes;
    if (is_byte_level_ && is_literal) {
      std::optional<std::string> plain = from_byte_level(bytes);
      if (!plain) return;
      name = *std::move(plain);
    }
    tokens.clear();
    if (is_plain_) {
      bpe_.encode(name, tokens, scratch.bpe);
    } else {
      encode_otherwise(name, tokens, scratch);
    }
    if (tokens != std::vector<Token>{token}) whole.emplace(std::move(name), token);
  });
  whole_ = std::move(whole);
  for (const auto& [name, token] : whole_) longest_whole_ = std::max(longest_whole_, name.size());
  is_plain_ = is_plain_ && whole_.empty();
}

void BpeModel::encode_otherwise(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const {
  if (piece.size() <= longest_whole_) {
    scratch.filtered = piece;
    if (const auto it = whole_.find(scratch.filtered); it != whole_.end()) {
      out.push_back(it->second);
      return;
    }
  }
  if (is_byte_level_) {
    encode_bytes(piece, out, scratch);
  } else {
    encode_characters(piece, out, scratch);
  }
}

/// Bytes without a token are left out, or unknown.
void BpeModel::encode_bytes(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const {
  const auto is_known = [&](char c) { return byte_tokens_[static_cast<unsigned char>(c)] >= 0; };
  if (std::ranges::all_of(piece, is_known)) return bpe_.encode(piece, out, scratch.bpe);
  std::string& known = scratch.filtered;
  known.clear();
  const auto flush = [&] {
    if (!known.empty()) bpe_.encode(known, out, scratch.bpe);
    known.clear();
  };
  bool after_unknown = false;
  for (const char c : piece) {
    const bool known_byte = is_known(c);
    if (known_byte) {
      known += c;
    } else if (unknown_ >= 0) {
      flush();
      if (!after_unknown || !fuse_unk_) out.push_back(unknown_);
    }
    after_unknown = !known_byte;
  }
  flush();
}

void BpeModel::encode_characters(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const {
  if (!words_apart_) return encode_word(piece, out, scratch);
  size_t begin = 0;
  while (begin < piece.size()) {
    // A word: marks, then what is no mark.
    size_t end = begin;
    while (piece.substr(end).starts_with(kSpaceMarkBytes)) end += kSpaceMarkBytes.size();
    end = std::min(piece.find(kSpaceMarkBytes, end), piece.size());
    encode_word(piece.substr(begin, end - begin), out, scratch);
    begin = end;
  }
}

void BpeModel::encode_word(std::string_view word, std::vector<Token>& out, Scratch& scratch) const {
  const CharTable& table = CharTable::get();
  std::vector<Token>& symbols = scratch.symbols;
  symbols.clear();
  bool is_pending = false;  // An unknown one is held back until the next that is known.
  for (size_t at = 0; at < word.size();) {
    const Character c = table.at(word, at);
    const std::string_view bytes = word.substr(at, c.length);
    at += c.length;
    const Token token = c.valid ? character(c.code) : -1;
    if (token >= 0) {
      if (std::exchange(is_pending, false)) symbols.push_back(unknown_);
      symbols.push_back(token);
      continue;
    }
    const auto byte_token = [&](char b) { return byte_tokens_[static_cast<unsigned char>(b)]; };
    if (std::ranges::all_of(bytes, [&](char b) { return byte_token(b) >= 0; })) {
      for (const char b : bytes) symbols.push_back(byte_token(b));
    } else if (unknown_ >= 0) {
      if (is_pending && !fuse_unk_) symbols.push_back(unknown_);
      is_pending = true;
    }
  }
  if (is_pending) symbols.push_back(unknown_);
  bpe_.merge(symbols, out, scratch.bpe);
}

}  // namespace moru::text
