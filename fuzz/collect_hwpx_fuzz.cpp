// The XML of an HWPX document: definitions and a section in one root, without the package around them.
#include "collect/hwp_writer.h"
#include "collect/hwpx_parts.h"
#include "collect/xml_reader.h"
#include "collect_check.h"

namespace moru::collect {
namespace {

void read(const Input& input, Output& output) {
  const XmlDocument xml(input.bytes);
  const HwpShapes shapes = read_hwpx_shapes(xml_child(xml.root(), "head"));
  DocumentBuilder builder;
  HwpWriter writer(builder, shapes, "title");
  uint64_t left_out = 0;
  writer.section(read_hwpx_section(xml_child(xml.root(), "sec"), left_out));
  output.documents.push_back(builder.finish());
}

}  // namespace
}  // namespace moru::collect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  moru::collect::check_extraction(moru::collect::read, data, size);
  return 0;
}
