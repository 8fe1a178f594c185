#include "curate/pii/resident_digits.h"

namespace moru::curate::pii {

Hit find_resident_number(const Place& place) {
  return find_resident(place, false);
}

}  // namespace moru::curate::pii
