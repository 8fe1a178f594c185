#include "core/json.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"

namespace moru {
namespace {

const Json& member(const Json& object, std::string_view key, std::string_view place) {
  if (object.is_object()) {
    const auto it = object.find(std::string(key));
    if (it != object.end()) return *it;
  }
  throw Error(std::string(place),
              fmt::format(fmt::runtime(tr("the key \"{}\" is missing", "\"{}\" 키가 없습니다")), key),
              std::string(tr("the file is damaged or of another kind; make it again",
                             "파일이 손상되었거나 다른 종류입니다. 다시 만드세요")));
}

[[noreturn]] void wrong_type(std::string_view key, std::string_view expected, std::string_view place) {
  throw Error(std::string(place),
              fmt::format(fmt::runtime(tr("\"{}\" is not a {}", "\"{}\" 값이 {}이(가) 아닙니다")), key, expected),
              std::string(tr("the file is damaged or of another kind; make it again",
                             "파일이 손상되었거나 다른 종류입니다. 다시 만드세요")));
}

}  // namespace

Json parse_json(std::string_view text, std::string_view place) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& e) {
    throw Error(fmt::format("{} ({} {})", place, tr("byte", "바이트"), e.byte),
                std::string(tr("not valid JSON", "올바른 JSON이 아닙니다")),
                std::string(tr("correct the text at that byte, or make the file again",
                               "그 자리의 글을 고치거나 파일을 다시 만드세요")));
  } catch (const Json::out_of_range& e) {
    // A number that no double holds (9e999): the library knows no byte for it.
    throw Error(std::string(place), fmt::format("{}: {}", tr("not valid JSON", "올바른 JSON이 아닙니다"), e.what()),
                std::string(tr("write a number that fits, or make the file again",
                               "범위 안의 수로 고치거나 파일을 다시 만드세요")));
  }
}

Json read_json_file(const fs::path& path) {
  return parse_json(read_file(path), path.string());
}

std::string dump_json(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string json_text(const Json& object, std::string_view key, std::string_view place) {
  const Json& value = member(object, key, place);
  if (!value.is_string()) wrong_type(key, tr("text", "글"), place);
  return value.get<std::string>();
}

int64_t json_integer(const Json& object, std::string_view key, std::string_view place) {
  const Json& value = member(object, key, place);
  if (!value.is_number_integer()) wrong_type(key, tr("whole number", "정수"), place);
  return value.get<int64_t>();
}

double json_number(const Json& object, std::string_view key, std::string_view place) {
  const Json& value = member(object, key, place);
  if (!value.is_number()) wrong_type(key, tr("number", "수"), place);
  return value.get<double>();
}

}  // namespace moru
