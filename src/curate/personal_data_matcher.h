// Finding personal data in text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/document.h"

namespace moru::curate {

/// All kinds, in the order of the table kind_info(). A new kind is a line here, a line there, a detector's file under
/// pii/ and its line in pii/registry.cpp.
enum class PersonalDataKind : uint8_t {
  email,
  ip_address,
  phone,
  resident_number,
  foreigner_number,
  business_number,
  corporate_number,
  driver_licence,
  passport,
  card,
  bank_account,
  address,
  name
};
inline constexpr size_t kPersonalDataKinds = 13;

/// What a match rests on: its form alone, a word beside it that announces its kind, or a check digit that fits. A
/// failed check digit clears nothing by itself.
enum class Confidence : uint8_t { format, context, checksum };
inline constexpr size_t kConfidences = 3;

struct KindInfo {
  std::string_view name;             ///< In counts and decisions: "resident_number".
  std::string_view option;           ///< In the recipe: "resident_numbers".
  std::string_view korean_mark;      ///< What takes its place in a Korean document: "[주민등록번호]".
  std::string_view english_mark;     ///< In any other: "[RESIDENT NUMBER]".
  std::string_view english, korean;  ///< Shown to the user.
};

const KindInfo& kind_info(PersonalDataKind kind);
inline std::string_view name_of(PersonalDataKind kind) {
  return kind_info(kind).name;
}
/// "format", "context", "checksum".
std::string_view name_of(Confidence confidence);

struct PersonalData {
  PersonalDataKind kind = PersonalDataKind::email;
  Confidence confidence = Confidence::format;
  data::Range range;  ///< Bytes of the text.
};

/// All matches in order, without overlap. Digits, hyphens and "@" may be full-width. Numbers are told from versions,
/// formulas, dates and binary digits by their form, by check digits and by what stands around them; see the detectors
/// under pii/. Ill-formed UTF-8 is never part of a match. Time is linear in the length of the text.
std::vector<PersonalData> find_personal_data(std::string_view text);

/// Whether an e-mail address's host is one that nobody can have: example.com, .org, .net and the top-level domains
/// example, invalid, localhost and test (RFC 2606).
bool is_example_address(std::string_view address);

/// Whether an IP address, as matched, is of the public internet: not a private, shared, local, documentation,
/// benchmark, multicast or reserved range (IANA's special-purpose registries), nor a resolver that everybody uses.
bool is_public_address(std::string_view address);

}  // namespace moru::curate
