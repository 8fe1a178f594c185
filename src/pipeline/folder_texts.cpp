#include "pipeline/folder_texts.h"

#include <nlohmann/json.hpp>

#include "collect/collect.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "curate/curate.h"
#include "curate/rule.h"

namespace moru::pipeline {

Json for_each_document(const std::filesystem::path& folder, ProgressSink& progress,
                       const std::function<void(const data::Document&)>& use) {
  const TemporaryDirectory work;
  const std::string quoted = dump_json(Json(std::filesystem::absolute(folder).lexically_normal().string()));
  const Config recipe = Config::parse("collect: [{folder: " + quoted + "}]", folder.string());
  const collect::Options options = collect::read_options(recipe, "");
  data::DatasetWriter documents(work.path() / "documents", std::string(data::kDocumentSchema));
  data::DatasetWriter set_aside(work.path() / "set_aside", std::string(data::kDecisionSchema));
  const collect::Report report = collect::collect(options, documents, set_aside, progress);

  std::string rules;
  for (const curate::Registration& rule : curate::registry())
    if (rule.by_default && rule.name != "white_space" && rule.name != "unicode")
      rules += fmt::format("{}: {{enabled: false}}\n", rule.name);
  const Config section = Config::parse(rules, folder.string());
  data::DatasetWriter kept(work.path() / "kept", std::string(data::kDocumentSchema));
  data::DatasetWriter decisions(work.path() / "decisions", std::string(data::kDecisionSchema));
  curate::curate(data::DatasetReader(work.path() / "documents", data::kDocumentSchema), curate::Options(section), kept,
                 decisions, progress);
  uint64_t count = 0;
  Sha256 content;
  data::DatasetReader(work.path() / "kept", data::kDocumentSchema)
      .for_each([&](const Json& json, std::string_view place) {
        const data::Document document = data::document_from_json(json, place);
        ++count;
        content.update(document.text).update("\n");
        use(document);
      });
  if (count == 0)
    throw Error(folder.string(), std::string(tr("no document in it can be read", "읽을 수 있는 문서가 없습니다")),
                std::string(tr("docs/formats.md lists the formats", "docs/formats.md에 읽을 수 있는 형식이 있습니다")));
  return {{"folder", folder.string()},
          {"files", report.files},
          {"documents", count},
          {"set_aside", report.set_aside},
          {"content", content.hex()}};
}

}  // namespace moru::pipeline
