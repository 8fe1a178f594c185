#include "model/recode.h"

#include <cmath>
#include <cstring>

#include "core/error.h"
#include "core/language.h"
#include "core/threads.h"
#include "model/ggml_blocks.h"

namespace moru::model {
namespace {

constexpr int64_t kBatch = int64_t{1} << 21;  // elements between two writes
constexpr int64_t kPiece = int64_t{1} << 15;  // elements that a thread takes at once

/// Which row of the usual order is written at `row`.
int64_t source_row(int64_t heads, int64_t rows, int64_t row) {
  if (heads == 0) return row;
  const int64_t head_rows = rows / heads, head = row / head_rows, i = row % head_rows;
  return head * head_rows + i / 2 + (i % 2 == 0 ? 0 : head_rows / 2);
}

class Recoder {
 public:
  Recoder(const TensorEntry& source, const RecodeTarget& target, const std::string& place)
      : source_(source),
        target_(target),
        place_(place),
        to_(*block_format(target.dtype)),
        rows_(source.rows()),
        cols_(source.cols()),
        width_(static_cast<size_t>(cols_ / to_.elements) * to_.bytes),
        measured_(to_.elements > 1),
        keeps_codes_(target.shift == 0 && fits_blocks(source.grouped, to_)) {}

  int64_t rows() const { return rows_; }
  int64_t cols() const { return cols_; }
  size_t width() const { return width_; }

  /// Rows [first, first + count) into `out`.
  RecodeLoss rows(int64_t first, int64_t count, std::byte* out) const {
    // Both reorderings undo each other where source and target have the same.
    const bool reorder = target_.interleaved_heads != source_.interleaved_heads;
    if (source_.dtype == target_.dtype && source_.shift + target_.shift == 0 &&
        (!reorder || target_.interleaved_heads == 0 || source_.interleaved_heads == 0)) {
      copy(first, count, out);
      return {};
    }
    std::vector<float> values(static_cast<size_t>(count * cols_));
    for (int64_t r = 0; r < count; ++r) {
      if (target_.interleaved_heads == 0) {
        read_rows(source_, first, values, place_);
        break;
      }
      const auto row = std::span(values).subspan(static_cast<size_t>(r * cols_), static_cast<size_t>(cols_));
      read_rows(source_, source_row(target_.interleaved_heads, rows_, first + r), row, place_);
    }
    if (target_.shift != 0)
      for (float& value : values) value += target_.shift;
    uint64_t kept = 0;
    if (!write(first, values, out, kept))
      throw Error(place_,
                  fmt::format(fmt::runtime(tr("a value that is no number, or beyond the range of {}",
                                              "수가 아니거나 {} 범위를 벗어난 값이 있습니다")),
                              to_.name),
                  std::string(tr("convert to bf16 or f32, or get the model again",
                                 "bf16이나 f32로 변환하거나 모델을 다시 받으세요")));
    RecodeLoss result = measured_ ? loss(values, out) : RecodeLoss();
    result.kept = kept;
    return result;
  }

 private:
  void copy(int64_t first, int64_t count, std::byte* out) const {
    for (int64_t r = 0; r < count; ++r) {
      int64_t row = first + r;
      if (target_.interleaved_heads != source_.interleaved_heads) {
        row = target_.interleaved_heads > 0 ? source_row(target_.interleaved_heads, rows_, row)
                                            : stored_row(source_.interleaved_heads, rows_, row);
      }
      std::memcpy(out + static_cast<size_t>(r) * width_, source_.bytes.data() + static_cast<size_t>(row) * width_,
                  width_);
    }
  }

  /// The blocks of the values of rows from `first` on; counts in `kept` those whose codes went over as they are.
  bool write(int64_t first, std::span<const float> values, std::byte* out, uint64_t& kept) const {
    if (!keeps_codes_) return quantize(to_, values, out);
    const auto cols = static_cast<size_t>(cols_);
    for (size_t at = 0; at < values.size(); at += cols, ++first, out += width_) {
      if (copy_to_blocks(source_.grouped, source_.bytes, source_row(target_.interleaved_heads, rows_, first), cols_,
                         to_, out)) {
        kept += cols;
      } else if (!quantize(to_, values.subspan(at, cols), out)) {
        return false;
      }
    }
    return true;
  }

  RecodeLoss loss(const std::vector<float>& values, const std::byte* blocks) const {
    std::vector<float> back(values.size());
    RecodeLoss result;
    if (!dequantize(to_, blocks, back)) return result;
    for (size_t i = 0; i < values.size(); ++i) {
      const double off = static_cast<double>(back[i]) - values[i];
      result.squared_error += off * off;
      result.squares += static_cast<double>(values[i]) * values[i];
    }
    return result;
  }

  const TensorEntry& source_;
  const RecodeTarget& target_;
  const std::string& place_;
  const BlockFormat& to_;
  int64_t rows_, cols_;
  size_t width_;
  bool measured_, keeps_codes_;
};

}  // namespace

double RecodeLoss::relative() const {
  return squares > 0 ? std::sqrt(squared_error / squares) : 0;
}

RecodeLoss& RecodeLoss::operator+=(const RecodeLoss& other) {
  squared_error += other.squared_error;
  squares += other.squares;
  kept += other.kept;
  return *this;
}

RecodeLoss recode(const TensorEntry& source, const RecodeTarget& target, const std::string& place,
                  const std::function<void(std::span<const std::byte>)>& write,
                  const std::function<void(uint64_t)>& done) {
  const Recoder recoder(source, target, place);
  RecodeLoss total;
  const int64_t cols = recoder.cols(), all = recoder.rows();
  if (all == 0) return total;
  const int64_t batch = std::clamp<int64_t>(kBatch / cols, 1, all), piece = std::max<int64_t>(1, kPiece / cols);
  std::vector<std::byte> out(static_cast<size_t>(batch) * recoder.width());
  for (int64_t first = 0; first < all; first += batch) {
    const int64_t count = std::min(batch, all - first), pieces = (count + piece - 1) / piece;
    std::vector<RecodeLoss> losses(static_cast<size_t>(pieces));
    parallel_for(static_cast<size_t>(pieces), [&](size_t p) {
      const int64_t begin = static_cast<int64_t>(p) * piece, rows = std::min(piece, count - begin);
      losses[p] = recoder.rows(first + begin, rows, out.data() + static_cast<size_t>(begin) * recoder.width());
    });
    for (const RecodeLoss& loss : losses) total += loss;
    write({out.data(), static_cast<size_t>(count) * recoder.width()});
    done(static_cast<uint64_t>(source.stored_bytes() / static_cast<uint64_t>(all) * static_cast<uint64_t>(count)));
  }
  return total;
}

}  // namespace moru::model
