#include "generate/generate.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/hash.h"
#include "core/random.h"
#include "data/held_out.h"
#include "data/sample.h"
#include "generate/choose.h"
#include "generate/other_names.h"
#include "generate/phrasing.h"

namespace moru::generate {
namespace {

std::vector<Topic> topics_of(const data::Document& document, const Options& options) {
  const Outline o = outline(document, options.places);
  std::vector<Topic> topics;
  for (const Generator& g : generators()) {
    if (!options.generators.empty() && std::ranges::find(options.generators, g.name) == options.generators.end())
      continue;
    const size_t before = topics.size();
    g.find(o, options, topics);
    for (size_t i = before; i < topics.size(); ++i) {
      topics[i].generator = fmt::format("{}/{}", g.name, g.version);
      topics[i].document = document.id;
      topics[i].title = o.title;
      topics[i].place = o.place;
      topics[i].worth *= o.weight;
    }
  }
  return topics;
}

/// The families that a document's other names are given to, the first that it has a topic of.
constexpr Family kNamedOtherwise[] = {Family::how_to, Family::use, Family::meaning};

/// Gives each document's other names to the topic that it is about, and raises the worth of what others refer to and of
/// the worthiest topic of each document: so that popular subjects and many documents are asked about.
void weigh(std::vector<Topic>& topics, const OtherNames& names) {
  constexpr double kFirstOfDocument = 0.08, kMention = 0.015, kMostMentions = 0.06;
  std::set<std::string> asked;
  for (const Topic& t : topics) asked.insert(fingerprint(t.name));
  for (size_t begin = 0, end = 0; begin < topics.size(); begin = end) {
    while (end < topics.size() && topics[end].document == topics[begin].document) ++end;
    const std::span<Topic> own(topics.data() + begin, end - begin);
    const double popular =
        std::min(kMostMentions, kMention * std::log2(1.0 + static_cast<double>(names.mentions(own[0].title))));
    for (Topic& t : own) t.worth += t.is_title ? popular : popular / 2;
    std::ranges::max_element(own, {}, &Topic::worth)->worth += kFirstOfDocument;
    for (const Family family : kNamedOtherwise) {
      const auto main = std::ranges::find_if(own, [&](const Topic& t) { return t.is_title && t.family == family; });
      if (main == own.end()) continue;
      for (std::string& name : names.of(main->document))
        if (!asked.contains(fingerprint(name))) main->other_names.push_back(std::move(name));
      break;
    }
  }
}

struct Asked {
  std::vector<Question> questions;
  size_t held_out = 0;  ///< So many at the front are never trained on.
};

bool asks_in(const Options& options, std::string_view language) {
  return std::ranges::find(options.languages, language) != options.languages.end();
}

/// Leaves those of held-out documents out whose answer stands in another document as well: the model would have seen
/// it.
std::vector<Topic> without_known_answers(std::vector<Topic> topics, const std::set<std::string>& held_out,
                                         LeftOut& left_out) {
  if (held_out.empty()) return topics;
  std::set<std::string> trained;
  for (const Topic& t : topics)
    if (!held_out.contains(t.document)) trained.insert(fingerprint(t.answer.text));
  const size_t before = topics.size();
  std::erase_if(topics, [&](const Topic& t) {
    return held_out.contains(t.document) && trained.contains(fingerprint(t.answer.text));
  });
  if (topics.size() < before) left_out["held out, but answered by another document too"] += before - topics.size();
  return topics;
}

/// Draws a topic's questions, none of which another topic has; those in English at most a third where Korean ones
/// suffice.
Asked draw(const Topic& topic, const std::string& id, const Options& options, std::set<std::string>& taken) {
  const bool in_korean = asks_in(options, "ko");
  std::vector<Question> korean, english;
  for (Question& q : questions(topic))
    if (asks_in(options, q.korean ? "ko" : "en")) (q.korean ? korean : english).push_back(std::move(q));
  Random random(hash64(id, options.seed));
  random.shuffle(std::span<Question>(korean));
  random.shuffle(std::span<Question>(english));
  const auto most = static_cast<size_t>(options.phrasings);
  const size_t in_english = std::min(english.size(), std::max(most / 3, most - std::min(most, korean.size())));
  Asked asked;
  std::set<std::string> mine;
  const auto take = [&](std::vector<Question>& from, size_t limit) {
    for (Question& q : from) {
      if (asked.questions.size() >= limit) break;
      const std::string print = fingerprint(q.text);
      if (taken.contains(print) || !mine.insert(print).second) continue;
      asked.questions.push_back(std::move(q));
    }
  };
  take(korean, most - in_english);
  take(english, most);
  if (asked.questions.size() < 2) return {};
  taken.merge(mine);
  random.shuffle(std::span<Question>(asked.questions));
  const double share = options.held_out_share * static_cast<double>(asked.questions.size());
  asked.held_out = std::clamp<size_t>(static_cast<size_t>(std::lround(share)), 1, asked.questions.size() - 1);
  if (!in_korean) return asked;  // other names are asked for in Korean
  const size_t with_others = asked.questions.size() + static_cast<size_t>(options.other_names);
  for (Question& q : questions_by_other_names(topic, random.next())) {
    if (asked.questions.size() >= with_others) break;
    if (taken.insert(fingerprint(q.text)).second) asked.questions.push_back(std::move(q));
  }
  return asked;
}

Json lengths_of(std::vector<size_t> sizes) {
  if (sizes.empty()) return Json::object();
  std::sort(sizes.begin(), sizes.end());
  const auto at = [&](double q) { return sizes[static_cast<size_t>(q * static_cast<double>(sizes.size() - 1))]; };
  return {{"p10", at(0.1)},  {"p25", at(0.25)}, {"p50", at(0.5)},
          {"p75", at(0.75)}, {"p90", at(0.9)},  {"max", sizes.back()}};
}

}  // namespace

Report generate(const data::DatasetReader& corpus, const Options& options, data::DatasetWriter& samples,
                ProgressSink& sink) {
  Report report;
  std::vector<Topic> topics;
  OtherNames names;
  {
    Progress progress(sink, "generate", "documents", corpus.count());
    corpus.for_each([&](const Json& record, std::string_view place) {
      const data::Document document = data::document_from_json(record, place);
      std::vector<Topic> found = topics_of(document, options);
      names.add(document);
      if (data::is_held_out(document.source.uri, options.held_out_documents, options.seed))
        report.held_out_documents.insert(document.id);
      std::move(found.begin(), found.end(), std::back_inserter(topics));
      progress.advance();
    });
    progress.finish();
  }
  const size_t found = topics.size();
  LeftOut left_out;
  weigh(topics, names);
  topics = without_known_answers(choose(std::move(topics), options.max_topics, left_out), report.held_out_documents,
                                 left_out);

  std::map<std::string, uint64_t> by_generator, by_family, by_language, by_phrasing;
  std::vector<size_t> sizes;
  std::set<std::string> taken;
  for (const Topic& topic : topics) {
    const std::string id = fmt::format("{}/{}", name_of(topic.family), display_name(topic));
    Asked asked = draw(topic, id, options, taken);
    if (report.held_out_documents.contains(topic.document)) asked.held_out = asked.questions.size();
    if (asked.questions.empty()) {
      ++left_out["too few questions of its own"];
      continue;
    }
    ++report.topics;
    ++by_generator[topic.generator];
    ++by_family[std::string(name_of(topic.family))];
    sizes.push_back(topic.answer.characters());
    for (size_t i = 0; i < asked.questions.size(); ++i) {
      const Question& question = asked.questions[i];
      data::Sample sample;
      sample.kind = data::SampleKind::chat;
      sample.messages = {{"user", question.text}, {"assistant", topic.answer.text}};
      for (const data::Range& range : topic.answer.ranges) sample.origins.push_back({topic.document, range});
      sample.origins.push_back({topic.document, topic.name_range});
      sample.generator = topic.generator;
      sample.topic = id;
      sample.phrasing = std::string(question.phrasing);
      sample.held_out = i < asked.held_out;
      sample.id = data::sample_id(sample);
      samples.add(data::to_json(sample));
      ++report.samples;
      report.held_out += sample.held_out ? 1 : 0;
      ++by_language[fmt::format("{} question, {} answer", question.korean ? "Korean" : "English",
                                is_korean(topic.answer.text) ? "Korean" : "English")];
      ++by_phrasing[sample.phrasing + (sample.held_out ? " held out" : "")];
    }
  }
  report.facts = {{"topics", report.topics},
                  {"topics_found", found},
                  {"samples", report.samples},
                  {"held_out", report.held_out},
                  {"topics_by_generator", by_generator},
                  {"topics_by_family", by_family},
                  {"samples_by_language", by_language},
                  {"samples_by_phrasing", by_phrasing},
                  {"answer_characters", lengths_of(sizes)},
                  {"left_out", left_out}};
  if (options.held_out_documents > 0) report.facts["held_out_documents"] = report.held_out_documents.size();
  samples.finish(report.facts);
  return report;
}

}  // namespace moru::generate
