#include "curate/spool.h"

namespace moru::curate {

void Spool::add(std::string_view record) {
  const uint64_t size = record.size();
  file_.append({reinterpret_cast<const char*>(&size), sizeof size});
  file_.append(record);
  ++count_;
}

bool Spool::Reader::next(std::string& record) {
  uint64_t size = 0;
  if (!reader_.read(reinterpret_cast<char*>(&size), sizeof size)) return false;
  record.resize(size);
  reader_.read(record.data(), size);
  return true;
}

}  // namespace moru::curate
