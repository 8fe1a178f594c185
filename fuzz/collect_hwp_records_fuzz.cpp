// The unpacked streams of an HWP 5 document, without the file around them: definitions and a section, each after its
// length (u16).
#include "collect/hwp_records.h"
#include "collect/hwp_writer.h"
#include "collect/little_endian.h"
#include "collect_check.h"

namespace moru::collect {
namespace {

void read(const Input& input, Output& output) {
  const size_t length =
      std::min<size_t>(read_u16(input.bytes, 0), input.bytes.size() - std::min<size_t>(2, input.bytes.size()));
  const std::string_view rest = input.bytes.substr(std::min<size_t>(2, input.bytes.size()));
  const auto definitions = read_hwp_records(rest.substr(0, length));
  const auto records = read_hwp_records(rest.substr(length));
  const HwpShapes shapes = read_hwp_shapes(definitions);
  DocumentBuilder builder;
  HwpWriter writer(builder, shapes, "title");
  uint64_t left_out = 0;
  writer.section(read_hwp_section(records, left_out));
  output.documents.push_back(builder.finish());
}

}  // namespace
}  // namespace moru::collect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  moru::collect::check_extraction(moru::collect::read, data, size);
  return 0;
}
