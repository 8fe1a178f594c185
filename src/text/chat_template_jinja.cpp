#include "text/chat_template.h"

namespace moru::text {

// Every tag strips the white space around it, so that the text does not depend on trim_blocks and lstrip_blocks.
std::string_view chat_template_jinja() {
  return R"jinja({#- The chat format of K-EXAONE (exaone_moe). -#}
{%- macro text_of(content) -%}
  {%- if content is string -%}
    {{- content -}}
  {%- elif content is iterable and content is not mapping -%}
    {%- for part in content -%}
      {%- if part.type == 'text' -%}
        {{- part.text -}}
      {%- else -%}
        {{- raise_exception('Only text can be part of a message, not: ' ~ part.type) -}}
      {%- endif -%}
    {%- endfor -%}
  {%- elif content is not none and content is defined -%}
    {{- content | tojson(ensure_ascii=False) -}}
  {%- endif -%}
{%- endmacro -%}
{%- set ns = namespace(last_user=-1) -%}
{%- for message in messages -%}
  {%- if message.role == 'user' and message.content is string -%}
    {%- set ns.last_user = loop.index0 -%}
  {%- endif -%}
{%- endfor -%}
{%- if tools is defined and tools -%}
  {{- '<|tool_declare|>\n# Tools\n' -}}
  {%- for tool in tools -%}
    {{- '<tool>' ~ (tool | tojson(ensure_ascii=False)) ~ '</tool>\n' -}}
  {%- endfor -%}
  {{- '<|endofturn|>\n' -}}
{%- endif -%}
{%- for message in messages -%}
  {%- if message.role == 'system' or message.role == 'user' -%}
    {{- '<|' ~ message.role ~ '|>\n' ~ text_of(message.content) ~ '<|endofturn|>\n' -}}
  {%- elif message.role == 'assistant' -%}
    {%- set content = text_of(message.content) -%}
    {%- set reasoning = '' -%}
    {%- if '</think>' in content -%}
      {%- set reasoning = content.split('</think>')[0].split('<think>')[-1] -%}
      {%- set content = content.split('</think>')[-1] -%}
    {%- endif -%}
    {%- if message.reasoning_content is defined and message.reasoning_content is string -%}
      {%- set reasoning = message.reasoning_content -%}
    {%- endif -%}
    {%- if loop.index0 <= ns.last_user or (message.skip_think is defined and message.skip_think) -%}
      {%- set reasoning = '' -%}
    {%- endif -%}
    {%- set content = content | trim -%}
    {{- '<|assistant|>\n<think>\n' ~ (reasoning | trim) ~ '\n</think>\n\n' ~ content -}}
    {%- if message.tool_calls is defined and message.tool_calls -%}
      {%- for call in message.tool_calls -%}
        {%- set function = call.function if call.function is defined else call -%}
        {%- set arguments = function.arguments if function.arguments is defined else function.parameters -%}
        {%- if content or not loop.first -%}
          {{- '\n' -}}
        {%- endif -%}
        {{- '<tool_call>{"name": ' ~ (function.name | tojson(ensure_ascii=False)) ~ ', "arguments": ' -}}
        {{- arguments if arguments is string else (arguments | tojson(ensure_ascii=False)) -}}
        {{- '}</tool_call>' -}}
      {%- endfor -%}
    {%- endif -%}
    {{- '<|endofturn|>\n' -}}
  {%- elif message.role == 'tool' -%}
    {%- if loop.first or messages[loop.index0 - 1].role != 'tool' -%}
      {{- '<|tool|>' -}}
    {%- endif -%}
    {{- '\n<tool_result>' ~ text_of(message.content) ~ '</tool_result>' -}}
    {%- if loop.last or messages[loop.index0 + 1].role != 'tool' -%}
      {{- '<|endofturn|>\n' -}}
    {%- endif -%}
  {%- else -%}
    {{- raise_exception('Unknown role: ' ~ message.role) -}}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- '<|assistant|>\n<think>\n' -}}
  {%- if enable_thinking is defined and not enable_thinking -%}
    {{- '\n</think>\n\n' -}}
  {%- endif -%}
{%- endif -%}
)jinja";
}

}  // namespace moru::text
