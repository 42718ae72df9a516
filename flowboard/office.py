"""Settings of the back-office."""

from django.templatetags.static import static

UNFOLD = {
    "SITE_TITLE": "FlowBoard back-office",
    "SITE_HEADER": "FlowBoard back-office",
    "SITE_URL": "/",
    "SITE_SYMBOL": "view_kanban",
    "STYLES": [lambda request: static("css/office.css")],
    "COLORS": {
        "primary": {
            shade: f"oklch({light}% {chroma} 272)"
            for shade, light, chroma in (
                ("50", 97, 0.014), ("100", 94, 0.03), ("200", 88, 0.06), ("300", 79, 0.1), ("400", 68, 0.15), ("500", 59, 0.19),
                ("600", 52, 0.21), ("700", 46, 0.19), ("800", 39, 0.15), ("900", 33, 0.11), ("950", 24, 0.07),
            )
        }
    },
}  # fmt: skip
