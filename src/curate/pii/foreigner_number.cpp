#include "curate/pii/resident_digits.h"

namespace moru::curate::pii {

Hit find_foreigner_number(const Place& place) {
  return find_resident(place, true);
}

}  // namespace moru::curate::pii
