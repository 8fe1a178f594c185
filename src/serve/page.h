// Pages that are part of the program, and the policy a browser is to hold them to.
#pragma once

#include <string>
#include <string_view>

namespace moru::serve {

/// The bytes of pages/chat.html.
std::string_view chat_page_html();

/// A Content-Security-Policy under which only the page's own inline scripts and styles run (by their SHA-256), it talks
/// to its own origin alone, and no other page may frame it.
std::string content_security_policy(std::string_view html);

}  // namespace moru::serve
