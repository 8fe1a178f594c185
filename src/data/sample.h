// Sample: one piece of training data and the document ranges that it was made from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "data/document.h"

namespace moru::data {

struct Message {
  std::string role;  ///< system, user, assistant or tool.
  std::string content;
  bool operator==(const Message&) const = default;
};

/// A range of a document that a sample was made from.
struct Origin {
  std::string document;  ///< Document::id
  Range range;           ///< Bytes of Document::text.
};

enum class SampleKind { text, chat };

/// id = SHA-256 of kind, text, messages and origins.
struct Sample {
  std::string id;
  SampleKind kind = SampleKind::chat;
  std::string text;               ///< kind text.
  std::vector<Message> messages;  ///< kind chat; the last is the assistant's.
  std::vector<Origin> origins;
  std::string generator;  ///< Which generator and version ("heading-meaning/1").
  std::string topic;      ///< What is asked about; samples of one topic share an answer and differ in phrasing.
  std::string phrasing;   ///< Which phrasing of the topic ("what-is/3").
  bool held_out = false;  ///< Never trained on; evaluation asks it.
};

std::string sample_id(const Sample& sample);
Json to_json(const Sample& sample);
/// Throws Error naming `place`.
Sample sample_from_json(const Json& json, std::string_view place);

}  // namespace moru::data
