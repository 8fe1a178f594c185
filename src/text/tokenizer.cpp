#include "text/tokenizer.h"

#include "core/file.h"
#include "text/added_tokens.h"
#include "text/bpe_model.h"
#include "text/normalizer.h"
#include "text/pretokenizer_chain.h"
#include "text/token_decoder.h"
#include "text/tokenizer_json.h"
#include "text/unicode.h"

namespace moru::text {
namespace {

/// White space alone, or the marks that stand for it.
bool is_white_space(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    if (!is_space(code) && code != 0x2581) return false;
  }
  return true;
}

bool is_text(const AddedToken& token) {
  return !token.special && is_white_space(token.text);
}

/// The tokens that are looked for before the normalizer, or those after it, in normal form.
std::vector<AddedToken> added(const TokenizerParts& parts, const Normalizer& normalizer, bool normalized) {
  std::vector<AddedToken> tokens;
  std::string storage;
  for (const AddedToken& token : parts.added) {
    if (token.normalized != normalized) continue;
    tokens.push_back(token);
    if (normalized) tokens.back().text = std::string(normalizer.apply(token.text, storage));
    if (tokens.back().text.empty()) tokens.pop_back();
  }
  return tokens;
}

}  // namespace

struct Tokenizer::Data {
  explicit Data(const TokenizerParts& parts)
      : normalizer(parts.pipeline.normalizer),
        pretokenizer(parts.pipeline.pretokenizer),
        model(parts),
        decoder(parts),
        raw(added(parts, normalizer, false)),
        normalized(added(parts, normalizer, true)),
        before(parts.pipeline.before),
        after(parts.pipeline.after),
        special(parts.bytes.size()) {
    for (const AddedToken& token : parts.added) {
      special[static_cast<size_t>(token.id)] = token.special;
      by_text.emplace(token.text, token.id);
      (token.normalized ? normalized_text : raw_text) |= is_text(token);
    }
  }

  struct Scratch {
    explicit Scratch(const Data& data) : work(data.pretokenizer) {}
    PretokenizerChain::Work work;
    BpeModel::Scratch model;
    std::string storage;
  };

  /// Which added tokens are recognised: none but those that are text, those in bytes of the template's own, or all.
  enum class Specials : uint8_t { none, written, all };

  void encode(std::string_view text, Specials specials, const MarkedText* marked, std::vector<Token>& out) const {
    Scratch scratch(*this);
    // In normalized text places are those of the text only if nothing was changed.
    const auto counts = [&](const AddedToken& token, const char* begin, size_t size) {
      if (specials == Specials::all || is_text(token)) return true;
      if (specials == Specials::none) return false;
      const bool is_here =
          std::greater_equal<>()(begin, text.data()) && std::less_equal<>()(begin + size, text.data() + text.size());
      const auto at = static_cast<size_t>(begin - text.data());
      return is_here && marked->is_written(at, at + size);
    };
    const auto piece = [&](std::string_view plain, bool is_first) {
      pretokenizer.for_each(plain, is_first, scratch.work,
                            [&](std::string_view part) { model.encode(part, out, scratch.model); });
    };
    const auto unnormalized = [&](std::string_view part) {
      const bool is_first = part.data() == text.data();
      const std::string_view plain = normalizer.apply(part, scratch.storage);
      if (normalized.empty() || (specials == Specials::none && !normalized_text)) return piece(plain, is_first);
      normalized.find(plain, counts, [&](std::string_view stretch, const AddedToken* token) {
        if (token != nullptr) {
          out.push_back(token->id);
        } else {
          piece(stretch, is_first && stretch.data() == plain.data());
        }
      });
    };
    if (raw.empty() || (specials == Specials::none && !raw_text)) {
      if (!text.empty()) unnormalized(text);
      return;
    }
    raw.find(text, counts, [&](std::string_view stretch, const AddedToken* token) {
      if (token != nullptr) {
        out.push_back(token->id);
      } else {
        unnormalized(stretch);
      }
    });
  }

  Normalizer normalizer;
  PretokenizerChain pretokenizer;
  BpeModel model;
  TokenDecoder decoder;
  AddedTokenFinder raw, normalized;                ///< What is looked for before the normalizer, and after it.
  bool raw_text = false, normalized_text = false;  ///< Whether some of them are text themselves.
  std::vector<Token> before, after;
  std::vector<bool> special;
  std::map<std::string, Token, std::less<>> by_text;
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
  return from_parts(read_tokenizer_json(text, place));
}

Tokenizer Tokenizer::from_parts(TokenizerParts parts) {
  return Tokenizer(std::make_unique<Data>(parts));
}

size_t Tokenizer::vocabulary_size() const {
  return data_->decoder.size();
}

std::vector<Token> Tokenizer::encode(std::string_view text) const {
  std::vector<Token> out;
  data_->encode(text, Data::Specials::none, nullptr, out);
  return out;
}

std::vector<Token> Tokenizer::encode_with_specials(std::string_view text, bool with_template) const {
  std::vector<Token> out;
  if (with_template) out = data_->before;
  data_->encode(text, Data::Specials::all, nullptr, out);
  if (with_template) out.insert(out.end(), data_->after.begin(), data_->after.end());
  return out;
}

std::vector<Token> Tokenizer::encode_with_specials(const MarkedText& text) const {
  std::vector<Token> out;
  data_->encode(text.bytes(), Data::Specials::written, &text, out);
  return out;
}

std::span<const Token> Tokenizer::template_before() const {
  return data_->before;
}

std::span<const Token> Tokenizer::template_after() const {
  return data_->after;
}

std::string Tokenizer::decode(std::span<const Token> tokens, bool skip_specials) const {
  std::vector<Token> kept;
  kept.reserve(tokens.size());
  for (const Token token : tokens) {
    if (static_cast<size_t>(token) < data_->decoder.size() && !(skip_specials && is_special(token))) {
      kept.push_back(token);
    }
  }
  return data_->decoder.decode(kept);
}

std::string_view Tokenizer::bytes(Token token) const {
  return static_cast<size_t>(token) < data_->decoder.size() ? data_->decoder.bytes(token) : std::string_view();
}

Token Tokenizer::special(std::string_view text) const {
  const auto it = data_->by_text.find(text);
  return it == data_->by_text.end() ? -1 : it->second;
}

bool Tokenizer::is_special(Token token) const {
  const auto id = static_cast<size_t>(token);
  return id < data_->special.size() && data_->special[id];
}

}  // namespace moru::text
