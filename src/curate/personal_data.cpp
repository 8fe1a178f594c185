// personal_data: e-mail addresses, phone numbers and Korean resident numbers are replaced by marks that name their
// kind.
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "curate/change.h"
#include "curate/personal_data_matcher.h"
#include "curate/rule.h"

namespace moru::curate {
namespace {

constexpr std::array<std::string_view, kPersonalDataKinds> kKoreanMarks = {"[이메일]", "[전화번호]", "[주민등록번호]",
                                                                           "[외국인등록번호]"};
constexpr std::array<std::string_view, kPersonalDataKinds> kEnglishMarks = {"[EMAIL]", "[PHONE]", "[RESIDENT NUMBER]",
                                                                            "[FOREIGNER NUMBER]"};

class PersonalDataRule final : public DocumentRule<PersonalDataRule> {
 public:
  explicit PersonalDataRule(const Config& section) {
    emails_ = section.flag("emails", true);
    phones_ = section.flag("phones", true);
    resident_numbers_ = section.flag("resident_numbers", true);
    example_domains_ = section.flag("mask_example_domains", false);
  }
  Json parameters() const override {
    return {{"emails", emails_},
            {"phones", phones_},
            {"resident_numbers", resident_numbers_},
            {"mask_example_domains", example_domains_}};
  }
  std::string limit() const override {
    std::vector<std::string_view> kinds;
    if (emails_) kinds.push_back(tr("e-mail", "이메일"));
    if (phones_) kinds.push_back(tr("phone", "전화번호"));
    if (resident_numbers_) kinds.push_back(tr("resident number", "주민등록번호"));
    return kinds.empty() ? std::string(tr("nothing", "없음")) : fmt::format("{}", fmt::join(kinds, ", "));
  }

  Verdict apply(Item& item) const {
    data::Document& document = item.document;
    const auto& marks = document.language == "ko" ? kKoreanMarks : kEnglishMarks;
    std::map<std::string, uint64_t> counts;
    const auto edit_of = [&](std::string_view text, std::map<std::string, uint64_t>* count) {
      TextEdit edit;
      for (const PersonalData& found : find_personal_data(text)) {
        if (!wanted(found.kind, text.substr(found.range.begin, found.range.end - found.range.begin))) continue;
        edit.replace(found.range.begin, found.range.end, marks[static_cast<size_t>(found.kind)]);
        if (count) ++(*count)[std::string(name_of(found.kind))];
      }
      return edit;
    };
    const auto masked = [&](std::string_view other) { return edit_of(other, nullptr).apply(other); };
    Verdict verdict = change_document(edit_of(document.text, &counts), masked, document);
    change_metadata([&](std::string_view value) { return edit_of(value, &counts).apply(value); }, document, verdict);
    verdict.counts = std::move(counts);
    return verdict;
  }

 private:
  bool wanted(PersonalDataKind kind, std::string_view found) const {
    switch (kind) {
      case PersonalDataKind::email:
        return emails_ && (example_domains_ || !is_example_address(found));
      case PersonalDataKind::phone:
        return phones_;
      default:
        return resident_numbers_;
    }
  }
  bool emails_, phones_, resident_numbers_, example_domains_;
};

}  // namespace

std::unique_ptr<Rule> make_personal_data(const Config& section) {
  return std::make_unique<PersonalDataRule>(section);
}

}  // namespace moru::curate
