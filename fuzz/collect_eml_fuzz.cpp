// An Internet message, or a mailbox of them.
#include "collect_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace moru::collect;
  const auto extract = [](const Input& input, Output& output) {
    if (recognise_mbox(input.bytes.substr(0, 4096)))
      extract_mbox(input, output);
    else
      extract_eml(input, output);
    // Ranges of members are theirs, not the file's.
    for (moru::data::Document& document : output.documents) document.source.range = {0, input.bytes.size()};
    for (Unreadable& problem : output.set_aside) problem = Unreadable(problem.reason(), problem.what());
  };
  check_extraction(extract, data, size);
  return 0;
}
