// s3: objects of a bucket in S3-compatible storage.
#include <ctime>
#include <mutex>
#include <nlohmann/json.hpp>

#include "collect/glob.h"
#include "collect/http_client.h"
#include "collect/origin.h"
#include "collect/s3_signature.h"
#include "collect/sources/remote.h"
#include "collect/url.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "core/threads.h"

namespace moru::collect {
namespace {

constexpr size_t kAtOnce = 8;
constexpr uint64_t kListingBytes = uint64_t{64} << 20;

struct S3Options {
  std::string bucket, prefix, region = "us-east-1", profile = "default";
  Url endpoint;
  bool path_style = true, anonymous = false;
  fs::path credentials_file;  ///< Empty: the environment, then the usual file.
  fs::path ca_file;
  double seconds = 300;
  int retries = 4;
  uint64_t most_bytes = uint64_t{1} << 30;
  std::string place;
};

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

S3Credentials find_credentials(const S3Options& options) {
  if (options.anonymous) return {};
  fs::path file = options.credentials_file;
  if (file.empty()) {
    S3Credentials credentials{from_environment("AWS_ACCESS_KEY_ID"), from_environment("AWS_SECRET_ACCESS_KEY"),
                              from_environment("AWS_SESSION_TOKEN")};
    if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
    file = from_environment("AWS_SHARED_CREDENTIALS_FILE");
    if (file.empty()) file = fs::path(from_environment("HOME")) / ".aws" / "credentials";
  }
  std::error_code code;
  S3Credentials credentials;
  if (fs::is_regular_file(file, code)) credentials = parse_s3_credentials(read_file(file), options.profile);
  if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
  throw Error(
      options.place,
      fmt::format(fmt::runtime(tr("no access key for the storage: neither in the environment nor as profile "
                                  "\"{}\" in \"{}\"",
                                  "저장소의 접근 키가 없습니다: 환경 변수에도, \"{1}\"의 \"{0}\" 프로필에도 "
                                  "없습니다")),
                  options.profile, file.string()),
      std::string(tr("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a \"credentials_file\"; for a "
                     "public bucket write \"anonymous: true\"",
                     "AWS_ACCESS_KEY_ID와 AWS_SECRET_ACCESS_KEY를 설정하거나 \"credentials_file\"을 지정하세요. "
                     "공개 버킷이면 \"anonymous: true\"를 적으세요")));
}

class Bucket {
 public:
  Bucket(const S3Options& options, const S3Credentials& credentials, uint64_t most_bytes)
      : options_(options), credentials_(credentials), client_(client_options(options, most_bytes)) {}

  HttpResponse get(const std::string& key, const std::map<std::string, std::string>& query, const BodySink& sink) {
    S3Request request;
    request.host = (options_.path_style ? "" : options_.bucket + ".") + options_.endpoint.host +
                   (options_.endpoint.port == 0 ? "" : fmt::format(":{}", options_.endpoint.port));
    request.path = options_.path_style ? "/" + options_.bucket : "";
    for (size_t begin = 0; !key.empty() && begin <= key.size();) {
      const size_t end = std::min(key.find('/', begin), key.size());
      request.path += "/" + percent_encoded(std::string_view(key).substr(begin, end - begin));
      begin = end + 1;
    }
    if (request.path.empty()) request.path = "/";
    request.query = query;
    std::string url = fmt::format("{}://{}{}", options_.endpoint.scheme, request.host, request.path);
    if (!query.empty()) url += "?" + s3_query(query);
    return client_.get(
        url,
        [&]() -> std::vector<std::string> {
          if (credentials_.access_key.empty()) return {};
          return sign_s3_request(request, options_.region, credentials_, std::time(nullptr));
        },
        sink);
  }

 private:
  static HttpClientOptions client_options(const S3Options& options, uint64_t most_bytes) {
    HttpClientOptions o;
    o.user_agent = user_agent("");
    o.ca_file = options.ca_file;
    o.seconds = options.seconds;
    o.retries = options.retries;
    o.most_bytes = most_bytes;
    return o;
  }
  const S3Options& options_;
  const S3Credentials& credentials_;
  HttpClient client_;
};

[[noreturn]] void refused(const S3Options& options, const HttpResponse& response, const S3Listing& answer) {
  std::string problem = !response.problem.empty()
                            ? fmt::format("{} ({})", response.problem, response.detail)
                            : fmt::format("HTTP {} {} {}", response.status, answer.code, answer.message);
  std::string_view mend =
      tr("look whether \"endpoint\" is right and the storage runs; --offline goes on with what was fetched before",
         "\"endpoint\"가 맞고 저장소가 켜져 있는지 확인하세요. --offline을 쓰면 전에 가져온 것으로 계속합니다");
  if (response.problem == "certificate")
    mend = tr("name the certificate authority's file as \"ca_file\"",
              "인증서 발급 기관의 파일을 \"ca_file\"로 지정하세요");
  if (response.status == 403 || response.status == 401 || response.status == 400)
    mend = tr("look at the access key, its rights on the bucket, \"region\", and this machine's clock",
              "접근 키와 그 버킷 권한, \"region\", 이 컴퓨터의 시계를 확인하세요");
  if (response.status == 404) mend = tr("look at the bucket's name", "버킷 이름을 확인하세요");
  throw Error(options.place,
              fmt::format("{} \"{}\": {}", tr("cannot list the bucket", "버킷 목록을 읽을 수 없습니다"), options.bucket,
                          problem),
              std::string(mend));
}

class S3 : public RemoteOrigin {
 public:
  S3(S3Options options, RefreshOptions refresh) : RemoteOrigin(refresh), options_(std::move(options)) {}

  std::string about(const Source&) const override {
    return fmt::format("s3://{}/{} ({})", options_.bucket, options_.prefix, options_.endpoint.host);
  }
  Json parameters(const Source&) const override {
    return {{"s3", options_.bucket},
            {"prefix", options_.prefix},
            {"endpoint", options_.endpoint.origin()},
            {"object_bytes", options_.most_bytes}};
  }
  void fetch_into(const Source& source, FetchStore& store, ProgressSink& sink) const override {
    const S3Credentials credentials = find_credentials(options_);
    const std::vector<S3Object> objects = list(source, credentials);
    if (objects.empty()) {
      store.abandon();
      throw Error(options_.place,
                  fmt::format(fmt::runtime(tr("no object in s3://{}/{} matches", "s3://{}/{}에 맞는 객체가 없습니다")),
                              options_.bucket, options_.prefix),
                  std::string(tr("look at the prefix, \"include\" and \"exclude\"",
                                 "앞부분 경로와 \"include\", \"exclude\"를 확인하세요")));
    }
    Progress progress(sink, std::string(tr("fetch", "가져오기")), std::string(tr("objects", "객체")), objects.size());
    std::vector<Fetched> entries(objects.size());
    std::mutex mutex;
    uint64_t unchanged = 0, failed = 0;
    const size_t threads = std::min(kAtOnce, objects.size());
    parallel_for(
        threads,
        [&](size_t t) {
          Bucket bucket(options_, credentials, options_.most_bytes);
          for (size_t i = t; i < objects.size(); i += threads) {
            entries[i] = object(objects[i], bucket, store);
            const std::lock_guard lock(mutex);
            const Fetched* before = store.before(entries[i].address);
            failed += !entries[i].problem.empty();
            unchanged += before != nullptr && entries[i].problem.empty() && before->sha256 == entries[i].sha256;
            progress.advance();
          }
        },
        threads);
    progress.finish();
    for (Fetched& entry : entries) entry.transient = false;
    store.finish(std::move(entries));
    sink.say(fmt::format(fmt::runtime(tr("      {}: {} objects fetched, {} unchanged, {} could not be had",
                                         "      {}: 새로 가져온 객체 {}, 그대로 {}, 가져오지 못함 {}")),
                         source.name, objects.size() - unchanged - failed, unchanged, failed));
  }

 private:
  std::vector<S3Object> list(const Source& source, const S3Credentials& credentials) const {
    std::vector<Glob> include, exclude;
    for (const std::string& pattern : source.include) include.emplace_back(pattern);
    for (const std::string& pattern : source.exclude) exclude.emplace_back(pattern);
    std::vector<S3Object> objects;
    Bucket bucket(options_, credentials, kListingBytes);
    std::map<std::string, std::string> query = {{"list-type", "2"}, {"encoding-type", "url"}, {"max-keys", "1000"}};
    if (!options_.prefix.empty()) query["prefix"] = options_.prefix;
    for (;;) {
      std::string body;
      const HttpResponse response =
          bucket.get("", query, {[&] { body.clear(); }, [&](std::string_view bytes) { body += bytes; }});
      S3Listing listing = parse_s3_listing(body);
      if (!response.ok() || !listing.whole) refused(options_, response, listing);
      for (S3Object& object : listing.objects) {
        if (object.key.ends_with('/') || !object.key.starts_with(options_.prefix)) continue;
        std::string_view name = std::string_view(object.key).substr(options_.prefix.size());
        while (name.starts_with('/')) name.remove_prefix(1);
        const auto matches = [&](const Glob& glob) { return glob.matches(name); };
        if (std::ranges::any_of(include, matches) && std::ranges::none_of(exclude, matches))
          objects.push_back(std::move(object));
      }
      if (listing.next.empty() || listing.next == query["continuation-token"]) return objects;
      query["continuation-token"] = listing.next;
    }
  }

  Fetched object(const S3Object& object, Bucket& bucket, FetchStore& store) const {
    Fetched fetched;
    fetched.kind = "object";
    fetched.address = fmt::format("s3://{}/{}", options_.bucket, object.key);
    fetched.name = object.key;
    if (const Fetched* known = store.now(fetched.address); known != nullptr && known->etag == object.etag)
      return *known;
    fetched.fetched = utc_now();
    const Fetched* before = store.before(fetched.address);
    // The tag tells the content: nothing is sent at all.
    if (before != nullptr && before->has_body() && !object.etag.empty() && before->etag == object.etag &&
        before->size == object.size)
      return *before;
    fetched.etag = object.etag;
    if (object.modified.size() >= 19) fetched.modified = object.modified.substr(0, 19) + "Z";
    if (object.size > options_.most_bytes) {
      fetched.problem = "too-large";
      fetched.detail = fmt::format("{} bytes", object.size);
    } else {
      FetchStore::Blob body(store);
      const HttpResponse response =
          bucket.get(object.key, {}, {[&] { body.restart(); }, [&](std::string_view bytes) { body.write(bytes); }});
      fetched.transient = response.is_transient();
      if (response.ok()) {
        fetched.media_type = std::string(response.header("content-type")).substr(0, 200);
        body.commit(fetched);
      } else {
        fetched.problem = !response.problem.empty()                          ? response.problem
                          : response.status == 404                           ? "not-found"
                          : response.status == 403 || response.status == 401 ? "no-access"
                                                                             : "http-status";
        fetched.detail = response.detail.empty() ? fmt::format("HTTP {}", response.status) : response.detail;
      }
    }
    store.add(fetched);
    return fetched;
  }

  S3Options options_;
};

}  // namespace

void read_s3_source(const Config& section, const fs::path& base, Source& source) {
  S3Options o;
  o.place = source.place;
  const std::string address = section.text("s3");
  const std::string rest = address.starts_with("s3://") ? address.substr(5) : std::string();
  o.bucket = rest.substr(0, rest.find('/'));
  if (rest.size() > o.bucket.size() + 1) o.prefix = rest.substr(o.bucket.size() + 1);
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
  };
  if (o.bucket.empty() || !std::ranges::all_of(o.bucket, allowed))
    throw Error(
        source.place, fmt::format(fmt::runtime(tr("\"{}\" names no bucket", "\"{}\" 값은 버킷이 아닙니다")), address),
        std::string(tr("write s3://BUCKET or s3://BUCKET/PREFIX", "s3://버킷 또는 s3://버킷/경로 꼴로 적으세요")));
  o.region = section.text("region", o.region);
  const std::string endpoint = section.text("endpoint", fmt::format("https://s3.{}.amazonaws.com", o.region));
  const auto url = parse_url(endpoint);
  if (!url || url->target() != "/")
    throw Error(
        section.place("endpoint"),
        fmt::format(fmt::runtime(tr("\"{}\" is no address of a server", "\"{}\" 값은 서버 주소가 아닙니다")), endpoint),
        std::string(tr("write it as https://storage.example.org", "https://storage.example.org 꼴로 적으세요")));
  o.endpoint = *url;
  o.path_style = section.flag("path_style", section.has("endpoint"));
  o.anonymous = section.flag("anonymous", false);
  o.profile = section.text("profile", o.profile);
  if (const std::string file = section.text("credentials_file", ""); !file.empty())
    o.credentials_file = fs::path(file).is_relative() ? base / file : fs::path(file);
  o.ca_file = read_ca_file(section, base);
  o.seconds = section.number("seconds_per_object", o.seconds, 0.1, 86400);
  o.retries = static_cast<int>(section.integer("retries", o.retries, 0, 20));
  o.most_bytes = static_cast<uint64_t>(section.integer("object_bytes", static_cast<int64_t>(o.most_bytes), 1));
  source.include = section.texts("include", {"**"});
  source.exclude = section.texts("exclude");
  source.name = o.bucket;
  source.origin = std::make_shared<S3>(std::move(o), read_refresh(section, 0));
}

}  // namespace moru::collect
