#include <algorithm>

#include "text/morpheme_model.h"
#include "text/morpheme_scanner.h"
#include "text/word_splitter_kinds.h"

namespace moru::text {
namespace {

constexpr size_t kBefore = MorphemeModel::kBefore, kAfter = MorphemeModel::kAfter;

/// Reads a text in stretches of pieces and writes its words. A stretch carries the characters around it, so that its
/// borders do not show.
class Cutter {
 public:
  Cutter(const MorphemeModel& model, std::vector<std::string_view>& words) : model_(model), words_(words) {}

  void run(std::string_view text) {
    MorphemeScanner scanner(text);
    while (!scanner.done()) {
      pieces_[count_] = scanner.next();
      codes_[kBefore + count_] = pieces_[count_].code;
      if (++count_ == kStretch) flush(kStretch - kAfter);
    }
    std::fill_n(codes_.begin() + static_cast<std::ptrdiff_t>(kBefore + count_), kAfter, uint16_t{kEdge});
    flush(count_);
    close();
  }

 private:
  static constexpr size_t kStretch = 1024;

  /// Writes the words of the first `ready` pieces and moves the rest to the front.
  void flush(size_t ready) {
    for (size_t i = 0; i < ready; ++i) {
      const MorphemePiece& piece = pieces_[i];
      if (piece.is_syllable()) {
        syllable(piece, model_.cut(&codes_[kBefore + i]));
        continue;
      }
      close();
      if (!piece.is_space()) words_.push_back(piece.text());
    }
    std::copy(codes_.begin() + static_cast<std::ptrdiff_t>(ready),
              codes_.begin() + static_cast<std::ptrdiff_t>(kBefore + count_), codes_.begin());
    std::copy(pieces_.begin() + static_cast<std::ptrdiff_t>(ready),
              pieces_.begin() + static_cast<std::ptrdiff_t>(count_), pieces_.begin());
    count_ -= ready;
  }

  void syllable(const MorphemePiece& piece, MorphemeCut cut) {
    if (begin_ == nullptr && cut != MorphemeCut::two) cut = MorphemeCut::one;
    switch (cut) {
      case MorphemeCut::none:
        break;
      case MorphemeCut::shared:
        end_ = piece.begin + piece.length;
        [[fallthrough]];
      case MorphemeCut::one:
        close();
        begin_ = piece.begin;
        break;
      case MorphemeCut::two:
        close();
        words_.push_back(piece.text());
        begin_ = piece.begin;
        break;
    }
    end_ = piece.begin + piece.length;
  }

  void close() {
    if (begin_ != nullptr) words_.emplace_back(begin_, static_cast<size_t>(end_ - begin_));
    begin_ = nullptr;
  }

  const MorphemeModel& model_;
  std::vector<std::string_view>& words_;
  std::array<MorphemePiece, kStretch> pieces_;
  std::array<uint16_t, kBefore + kStretch + kAfter> codes_{};
  size_t count_ = 0;
  const char* begin_ = nullptr;  ///< Of the morpheme that is open.
  const char* end_ = nullptr;
};

class Morpheme final : public WordSplitter {
 public:
  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    Cutter(model_, words).run(text);
  }

 private:
  MorphemeModel model_ = MorphemeModel::built_in();
};

}  // namespace

const WordSplitter& morpheme_splitter() {
  static const Morpheme splitter;
  return splitter;
}

}  // namespace moru::text
