"""The site: a page for every station and arrondissement, in French and in English.

What belongs here: from frames to HTML, the folder of the pages, and a server of static files. What
does not: reading stores (`assets.site`), and files of other assets below the same folder (`data/`,
`feeds/`).
"""
