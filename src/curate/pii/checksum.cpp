#include "curate/pii/checksum.h"

#include <array>
#include <cstddef>

namespace moru::curate::pii {
namespace {

int digit(char c) {
  return c - '0';
}

template <size_t N>
int weighted(std::string_view digits, const std::array<int, N>& weights) {
  int sum = 0;
  for (size_t i = 0; i < N; ++i) sum += digit(digits[i]) * weights[i];
  return sum;
}

}  // namespace

bool luhn(std::string_view digits) {
  if (digits.empty()) return false;
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int value = digit(digits[digits.size() - 1 - i]);
    if (i % 2 == 1) value = value > 4 ? 2 * value - 9 : 2 * value;
    sum += value;
  }
  return sum % 10 == 0;
}

bool resident_checksum(std::string_view digits, bool foreigner) {
  if (digits.size() != 13) return false;
  constexpr std::array<int, 12> kWeights = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  return ((foreigner ? 13 : 11) - weighted(digits, kWeights) % 11) % 10 == digit(digits[12]);
}

bool business_checksum(std::string_view digits) {
  if (digits.size() != 10) return false;
  constexpr std::array<int, 9> kWeights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  const int sum = weighted(digits, kWeights) + digit(digits[8]) * 5 / 10;
  return (10 - sum % 10) % 10 == digit(digits[9]);
}

bool corporate_checksum(std::string_view digits) {
  if (digits.size() != 13) return false;
  constexpr std::array<int, 12> kWeights = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
  return (10 - weighted(digits, kWeights) % 10) % 10 == digit(digits[12]);
}

bool iban_checksum(std::string_view iban) {
  if (iban.size() < 15 || iban.size() > 34) return false;
  int remainder = 0;
  for (size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    if (c >= '0' && c <= '9')
      remainder = (remainder * 10 + digit(c)) % 97;
    else if (c >= 'A' && c <= 'Z')
      remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
    else
      return false;
  }
  return remainder == 1;
}

}  // namespace moru::curate::pii
