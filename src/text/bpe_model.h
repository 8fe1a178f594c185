// The model of a tokenizer file: byte-pair encoding over bytes or over characters, with what the file says of those
// that have no token.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/bpe.h"
#include "text/tokenizer_parts.h"

namespace moru::text {

/// Immutable: any number of threads may encode, each with its own scratch.
class BpeModel {
 public:
  explicit BpeModel(const TokenizerParts& parts);

  /// Memory that one thread lends.
  struct Scratch {
    BpeScratch bpe;
    std::vector<Token> symbols;
    std::string filtered;
  };

  /// Appends the tokens of a piece of the pre-tokenizer (not empty). A byte that is not UTF-8 has a byte's token or
  /// none in a model over characters.
  void encode(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const {
    if (is_plain_) {
      bpe_.encode(piece, out, scratch.bpe);
    } else {
      encode_otherwise(piece, out, scratch);
    }
  }

 private:
  void encode_otherwise(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const;
  void encode_bytes(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const;
  void encode_characters(std::string_view piece, std::vector<Token>& out, Scratch& scratch) const;
  void encode_word(std::string_view word, std::vector<Token>& out, Scratch& scratch) const;
  Token character(char32_t code) const { return characters_[block_[code >> 8] * 256U + (code & 255)]; }
  void read_characters(const TokenizerParts& parts);
  void read_whole_pieces(const TokenizerParts& parts);

  static std::array<Token, 256> byte_tokens_of(const TokenizerParts& parts);

  bool is_byte_level_;
  bool is_plain_ = false;  ///< Over bytes, each of which has a token; nothing else to look at.
  bool fuse_unk_;
  Token unknown_;
  std::array<Token, 256> byte_tokens_;  ///< Over characters: those of byte_fallback. -1: none.
  Bpe bpe_;
  std::vector<uint16_t> block_;    ///< Of a code's upper bits: which 256 entries hold its lower ones.
  std::vector<Token> characters_;  ///< -1: none.
  bool words_apart_ = false;       ///< No merge joins a "▁" to what stands before it.
  /// Pieces that are one token though merging would not make it (ignore_merges).
  std::unordered_map<std::string, Token> whole_;
  size_t longest_whole_ = 0;
};

}  // namespace moru::text
