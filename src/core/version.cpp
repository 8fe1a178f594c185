#include "core/version.h"

namespace moru {

std::string_view version() { return MORU_VERSION; }

}  // namespace moru
