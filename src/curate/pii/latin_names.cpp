#include "curate/pii/latin_names.h"

#include <algorithm>

namespace moru::curate::pii {
namespace {

// Common given names, sorted, and Korean surnames as they are written in Latin letters.
constexpr std::string_view kGiven[] = {
    "Aaron",       "Abigail", "Adam",      "Adrian",   "Alan",      "Albert",     "Alex",      "Alexander",
    "Alexandra",   "Alexis",  "Alice",     "Alison",   "Amanda",    "Amber",      "Amelia",    "Amy",
    "Andrea",      "Andrew",  "Angela",    "Ann",      "Anna",      "Anne",       "Anthony",   "Antonio",
    "Arthur",      "Ashley",  "Barbara",   "Ben",      "Benjamin",  "Beth",       "Betty",     "Beverly",
    "Bill",        "Billy",   "Bob",       "Bobby",    "Bradley",   "Brandon",    "Brenda",    "Brian",
    "Brittany",    "Bruce",   "Bryan",     "Carl",     "Carlos",    "Carol",      "Caroline",  "Carolyn",
    "Catherine",   "Charles", "Charlotte", "Cheryl",   "Chris",     "Christian",  "Christina", "Christine",
    "Christopher", "Cindy",   "Claire",    "Craig",    "Crystal",   "Cynthia",    "Daniel",    "Danielle",
    "David",       "Dawn",    "Deborah",   "Debra",    "Dennis",    "Diana",      "Diane",     "Donald",
    "Donna",       "Dorothy", "Douglas",   "Dylan",    "Edward",    "Elizabeth",  "Ella",      "Emily",
    "Emma",        "Eric",    "Erin",      "Ethan",    "Eugene",    "Evelyn",     "Frances",   "Francis",
    "Frank",       "Fred",    "Gary",      "George",   "Gerald",    "Gloria",     "Grace",     "Graham",
    "Greg",        "Gregory", "Hannah",    "Harold",   "Harry",     "Heather",    "Helen",     "Henry",
    "Howard",      "Ian",     "Isabella",  "Jack",     "Jacob",     "Jacqueline", "James",     "Jane",
    "Janet",       "Janice",  "Jason",     "Jean",     "Jeff",      "Jeffrey",    "Jennifer",  "Jeremy",
    "Jerry",       "Jessica", "Jim",       "Joan",     "Joe",       "John",       "Jonathan",  "Jordan",
    "Jose",        "Joseph",  "Joshua",    "Joyce",    "Juan",      "Judith",     "Judy",      "Julia",
    "Julie",       "Justin",  "Karen",     "Kate",     "Katherine", "Kathleen",   "Kathryn",   "Keith",
    "Kelly",       "Kenneth", "Kevin",     "Kimberly", "Kyle",      "Larry",      "Laura",     "Lauren",
    "Lawrence",    "Leo",     "Linda",     "Lisa",     "Logan",     "Louis",      "Lucas",     "Lucy",
    "Luke",        "Madison", "Margaret",  "Maria",    "Marie",     "Marilyn",    "Mark",      "Martha",
    "Martin",      "Mary",    "Matthew",   "Megan",    "Melissa",   "Michael",    "Michelle",  "Mike",
    "Mohammed",    "Nancy",   "Natalie",   "Nathan",   "Nicholas",  "Nicole",     "Noah",      "Oliver",
    "Olivia",      "Oscar",   "Pamela",    "Patricia", "Patrick",   "Paul",       "Peter",     "Philip",
    "Rachel",      "Ralph",   "Randy",     "Raymond",  "Rebecca",   "Richard",    "Robert",    "Robin",
    "Roger",       "Ronald",  "Rose",      "Roy",      "Russell",   "Ruth",       "Ryan",      "Sam",
    "Samantha",    "Samuel",  "Sandra",    "Sara",     "Sarah",     "Scott",      "Sean",      "Sharon",
    "Shirley",     "Simon",   "Sophia",    "Sophie",   "Stephanie", "Stephen",    "Steve",     "Steven",
    "Susan",       "Teresa",  "Terry",     "Theresa",  "Thomas",    "Tim",        "Timothy",   "Tom",
    "Tony",        "Tyler",   "Victoria",  "Vincent",  "Virginia",  "Walter",     "Wayne",     "William",
    "Zachary"};
constexpr std::string_view kKoreanSurnames[] = {
    "Ahn",   "Bae",  "Baek", "Chang", "Cho",  "Choi", "Chung", "Han",  "Heo",  "Hong", "Hur",
    "Hwang", "Jang", "Jeon", "Jeong", "Jo",   "Joo",  "Jung",  "Kang", "Kim",  "Ko",   "Koo",
    "Kwon",  "Lee",  "Lim",  "Min",   "Moon", "Nam",  "Noh",   "Oh",   "Park", "Roh",  "Ryu",
    "Seo",   "Shim", "Shin", "Son",   "Song", "Suh",  "Yang",  "Yoo",  "Yoon", "Yu",   "Yun"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

}  // namespace

bool is_given_name(std::string_view word) {
  return std::binary_search(std::begin(kGiven), std::end(kGiven), word);
}

bool is_korean_surname_in_latin(std::string_view word) {
  return std::binary_search(std::begin(kKoreanSurnames), std::end(kKoreanSurnames), word);
}

size_t capitalised_end(std::string_view text, size_t begin) {
  constexpr size_t kMaxWord = 24;
  if (begin >= text.size() || !is_upper(text[begin])) return begin;
  size_t end = begin + 1;
  if (end < text.size() && text[end] == '.') return end + 1;
  size_t lower = 0;
  while (end < text.size() && end - begin < kMaxWord) {
    if (is_lower(text[end])) {
      ++lower;
      ++end;
    } else if ((text[end] == '-' || text[end] == '\'') && end + 1 < text.size() &&
               (is_lower(text[end + 1]) || is_upper(text[end + 1])) && text.substr(end, 3) != "'s ") {
      end += 2;
      ++lower;
    } else if (is_upper(text[end]) && end - begin <= 3 && lower > 0) {
      ++end;  // "McDonald"
    } else {
      break;
    }
  }
  if (lower == 0 || (end < text.size() && (is_upper(text[end]) || (text[end] >= '0' && text[end] <= '9') ||
                                           text[end] == '_' || text[end] == '(' || text[end] == ':')))
    return begin;
  return end;
}

LatinName read_latin_name(std::string_view text, size_t begin) {
  LatinName name{{begin, begin}};
  std::string_view last;
  size_t p = begin;
  constexpr size_t kMaxWords = 3;
  while (name.words < kMaxWords) {
    const size_t end = capitalised_end(text, p);
    if (end == p) break;
    last = text.substr(p, end - p);
    if (is_given_name(last) || (name.words == 0 && is_korean_surname_in_latin(last))) name.known = true;
    ++name.words;
    name.range.end = end;
    if (end >= text.size() || text[end] != ' ') break;
    p = end + 1;
  }
  if (name.words >= 2 && is_korean_surname_in_latin(last)) name.known = true;
  return name;
}

data::Range find_latin_name(std::string_view text, size_t begin) {
  const size_t first = capitalised_end(text, begin);
  if (first == begin || !is_given_name(text.substr(begin, first - begin))) return {begin, begin};
  const LatinName name = read_latin_name(text, begin);
  return name.words >= 2 ? name.range : data::Range{begin, begin};
}

}  // namespace moru::curate::pii
