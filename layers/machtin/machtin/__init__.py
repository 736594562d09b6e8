"""machtin (*mạch tin*, the thread of the news): search, related stories and summaries for Vietnamese newsrooms."""
