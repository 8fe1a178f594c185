// Which of the older encodings a text is in.
#include "collect/encoding_guess.h"

#include "collect/encoding_convert.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr size_t kSample = 65536;    // bytes that are judged
constexpr double kPlausible = 0.25;  // a lower score is no text of the language

// Syllables that make up 96 of 100 in Korean documentation and official texts, in order.
constexpr std::u32string_view kKorean =
    U"가각간감값갔강같개객거건검것게겠격견결경계고공과관광교구국군권귀규그근금급기"
    U"김까꽃나남납났낮내너널넘네년녕노눈는능니님다단닫달답당대더데도동되된될됩두드"
    U"든들등디따딸때또라락람랑래랜램량러런럽레려력련렬령례로록롤료루류른를름리림립"
    U"링마막만말맞매먹메멤며면명몇모목못무문물미민및바박밖반발밤밥방배버번범법벤변"
    U"별보복본봉봤부북분불브블비빌빛사산살삽상새샘생서석선설성세센션셨소속송수순술"
    U"숫스습승시식신실심싶씨아악안않알앞액야약양어언얼엄업없었에여역연열영예오와완"
    U"왔외요용우운울움워원월위유육윤율으은을음응의이인일임입있자작잘잠장재저적전절"
    U"점접정제젝조종주준줄줍중증지직진질집짜째쪽차찰참창책처천철첨청체초총최추축춘"
    U"출취층치칙친침칭커컨컴케켜코콘퀀크클키타태택터테텍템토통투트특티팀파판팔팩퍼"
    U"페편평폐포표풀풍프플피필하학한할함합항해했행향허험현협형호홍화확환황회획효후"
    U"훈히";

// The commonest characters of Chinese, simplified and traditional, in order.
constexpr std::u32string_view kChinese =
    U"一三上下不与个中为主么之也了事二于人从他以们会作你使來個們公关其军出分到前十"
    U"去又发只可合同后和国國在地外多大天好如子学學定家对将將對小就年当後得從心成我"
    U"所文新方於无日时是時會有本来此水沒没法為無然理生用當發的看着知种種經经者而能"
    U"自與著行裡要見见說说起軍过还这进這進過道還那部都里關面麼";

bool among(std::u32string_view sorted, char32_t c) {
  return std::ranges::binary_search(sorted, c);
}

bool is_punctuation_of_east_asia(char32_t c) {
  return (c >= 0x3000 && c < 0x3040) || (c >= 0xFF01 && c < 0xFF5F);
}
bool is_sign_in_running_text(char32_t c) {
  return (c >= 0x2010 && c < 0x2040) || c == 0xB7 || c == 0xB0 || c == 0xD7 || (c >= 0x2190 && c < 0x21D5) ||
         (c >= 0x2460 && c < 0x2600) || (c >= 0x2160 && c < 0x2180) || c == 0x2103 || c == 0x203B;
}
bool is_western_sign(char32_t c) {
  return std::u32string_view(U"£§©«®°±²³»½€™").find(c) != std::u32string_view::npos;
}
bool is_private_or_control(char32_t c) {
  return (c >= 0x80 && c < 0xA0) || (c >= 0xE000 && c < 0xF900) || c >= 0xF0000 || c == 0xFFFD;
}
bool is_hanja(char32_t c) {
  return c >= 0x4E00 && c < 0xA000;
}

/// How well a character beyond ASCII fits a language, -1 … 1.
double korean(char32_t c) {
  if (is_private_or_control(c)) return -1;
  if (c >= 0xAC00 && c < 0xD7A4) return among(kKorean, c) ? 1 : 0.35;
  if (c == U'ㅋ' || c == U'ㅎ' || c == U'ㅜ' || c == U'ㅠ') return 1;  // laughter and tears stand alone
  if (c >= 0x3131 && c < 0x3190) return 0.5;
  if (is_punctuation_of_east_asia(c)) return 0.5;
  if (is_sign_in_running_text(c)) return 0.4;
  return is_hanja(c) ? 0.25 : -0.2;
}
double japanese(char32_t c) {
  if (is_private_or_control(c)) return -1;
  if (c >= 0x3041 && c < 0x30A0) return 1;
  if (c >= 0x30A0 && c < 0x3100) return 0.8;
  if (is_punctuation_of_east_asia(c)) return 0.6;
  if (is_hanja(c)) return 0.3;
  return is_sign_in_running_text(c) ? 0.2 : -0.3;  // half-width katakana too: most bytes are one by chance
}
double chinese(char32_t c) {
  if (is_private_or_control(c)) return -1;
  if (is_hanja(c)) return among(kChinese, c) ? 1 : 0.15;
  if (is_punctuation_of_east_asia(c)) return 0.8;
  return is_sign_in_running_text(c) ? 0.3 : -0.5;
}

double mean(std::string_view text, double (*fits)(char32_t)) {
  double sum = 0;
  size_t count = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = text::next_code_point(text, i);
    if (c < 0x80) continue;
    sum += fits(c);
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

bool has_kana(std::string_view text) {
  for (size_t i = 0; i < text.size();)
    if (const char32_t c = text::next_code_point(text, i); c >= 0x3041 && c < 0x3100) return true;
  return false;
}

/// Western letters stand beside ASCII's; a row of them is another script misread.
double western(std::string_view text) {
  const auto ascii_letter = [](char32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  double sum = 0;
  size_t count = 0;
  char32_t before = ' ', at = ' ';
  const auto judge = [&](char32_t after) {
    if (at < 0x80) return;
    ++count;
    if (is_private_or_control(at)) {
      sum -= 1;
    } else if (text::is_letter(at)) {
      const bool row = (before >= 0x80 && text::is_letter(before)) || (after >= 0x80 && text::is_letter(after));
      const bool in_word = ascii_letter(before) || ascii_letter(after);
      sum += row ? (in_word ? 0 : -0.4) : in_word ? 0.8 : 0;
    } else {
      sum += before >= 0x80 || after >= 0x80 ? -0.2 : is_sign_in_running_text(at) || is_western_sign(at) ? 0.5 : 0.1;
    }
  };
  for (size_t i = 0; i < text.size();) {
    const char32_t next = text::next_code_point(text, i);
    judge(next);
    before = std::exchange(at, next);
  }
  judge(' ');
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

/// Share of the bytes beyond ASCII that are well-formed UTF-8, of a text that is not all so.
bool mostly_utf8(std::string_view bytes) {
  size_t good = 0, all = 0;
  for (size_t i = 0; i < bytes.size();) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const size_t begin = i;
    if (byte < 0x80) {
      ++i;
      continue;
    }
    const char32_t c = text::next_code_point(bytes, i);
    all += i - begin;
    if (c != text::kReplacement) good += i - begin;
  }
  return good >= 9 && 10 * good >= 9 * all;
}

}  // namespace

std::optional<std::string> guess_encoding(std::string_view bytes) {
  const std::string_view sample = bytes.substr(0, kSample);
  if (mostly_utf8(sample)) return std::nullopt;  // damaged, not in another encoding
  const bool whole = sample.size() == bytes.size();
  struct Candidate {
    std::string_view name;
    double (*fits)(char32_t);
  };
  static constexpr Candidate kCandidates[] = {
      {"cp949", korean}, {"shift_jis", japanese}, {"euc-jp", japanese},      {"gb18030", chinese},
      {"big5", chinese}, {"johab", korean},       {"windows-1252", nullptr},
  };
  std::string best;
  double best_score = kPlausible;
  for (const Candidate& candidate : kCandidates) {
    const auto text = convert_to_utf8(sample, candidate.name, whole);
    if (!text) continue;
    if (candidate.fits == japanese && !has_kana(*text)) continue;  // Hanja alone are no Japanese
    double score = candidate.fits != nullptr ? mean(*text, candidate.fits) : western(*text);
    if (candidate.name == "cp949") score += 0.05;  // where two are as good
    if (score > best_score) {
      best_score = score;
      best = candidate.name;
    }
  }
  if (best.empty()) return std::nullopt;
  return best;
}

std::optional<std::string> guess_utf16(std::string_view bytes) {
  const std::string_view sample = bytes.substr(0, kSample & ~size_t{1});
  if (bytes.size() % 2 != 0 || sample.size() < 2) return std::nullopt;
  size_t zeros[2] = {0, 0};
  for (size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == 0;
  // The upper halves of ASCII's characters are zero; those of Korean's lower halves that are so, are few.
  const bool little = zeros[1] > zeros[0];
  if (zeros[little ? 1 : 0] == 0 || zeros[little ? 0 : 1] * 20 > sample.size()) return std::nullopt;
  const std::string name = little ? "utf-16le" : "utf-16be";
  const auto text = convert_to_utf8(sample, name, sample.size() == bytes.size());
  if (!text) return std::nullopt;
  size_t plausible = 0, all = 0;
  for (size_t i = 0; i < text->size(); ++all) {
    const char32_t c = text::next_code_point(*text, i);
    if (c == 0) return std::nullopt;
    plausible += (c >= 0x20 && c < 0x250) || c == '\n' || c == '\r' || c == '\t' || text::is_hangul(c) || is_hanja(c) ||
                 (c >= 0x2000 && c < 0x2700) || (c >= 0x3000 && c < 0x3400) || (c >= 0xFF00 && c < 0xFFF0);
  }
  if (20 * plausible < 19 * all) return std::nullopt;
  return name;
}

}  // namespace moru::collect
