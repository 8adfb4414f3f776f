"""The fixed texts of the report, in both languages.

What belongs here: texts without figures. What does not: sentences with figures (`sentences`).
"""

from belib_weather.panels.i18n import Language, Text

TEXTS: dict[str, Text] = {
    "title": Text("When to charge in Paris", "Quand recharger à Paris"),
    "skip": Text("Skip to the answer", "Aller à la réponse"),
    "other_language": Text("Français", "English"),
    "simulated": Text("Simulated data", "Données simulées"),
    "simulated_more": Text(
        "A program made these figures to show how the report works. They say nothing about the"
        " real Paris.",
        "Un programme a produit ces chiffres pour montrer le rapport. Ils ne disent rien du vrai"
        " Paris.",
    ),
    "simulated_part": Text(
        "A program made a part of these figures, beside real ones. Rely on none of them.",
        "Un programme a produit une partie de ces chiffres, à côté de vrais. Ne vous fiez à aucun.",
    ),
    "answer": Text("The answer", "La réponse"),
    "now": Text("Now", "Maintenant"),
    "last": Text("When last seen", "Au dernier relevé"),
    "map": Text("Where is a point free?", "Où un point est-il libre ?"),
    "map_note": Text(
        "Full: no point is free, at least one is in use. Silent: none has reported its state for"
        " a day, or it is unknown. The Seine and the numbers of the arrondissements are for"
        " orientation.",
        "Complète : aucun point libre, au moins un utilisé. Muette : état inconnu, ou aucune"
        " nouvelle depuis plus d'un jour. La Seine et les numéros d'arrondissement servent de"
        " repères.",
    ),
    "when": Text("When is a point free?", "Quand un point est-il libre ?"),
    "when_note": Text(
        "Chance of a free point: the share of the observed time in which a station had at least"
        " one free point. Hours are on the clock of Paris.",
        "Chance d'un point libre : part du temps observé où une station avait au moins un point"
        " libre. Les heures sont celles de Paris.",
    ),
    "weather": Text("Does the weather matter?", "Et selon la météo ?"),
    "weather_note": Text(
        "An association, not a cause: the weather goes with the season, the day and the hour. Each"
        " interval rests on the days named beside it, since the hours of one day are not"
        " independent.",
        "Une association, pas une cause : la météo va avec la saison, le jour et l'heure. Chaque"
        " intervalle repose sur les jours indiqués, car les heures d'un même jour ne sont pas"
        " indépendantes.",
    ),
    "trend": Text("Hour by hour", "Heure par heure"),
    "worst": Text("Which stations to avoid?", "Quelles stations éviter ?"),
    "quality": Text("How good is the data?", "Que valent les données ?"),
    "about": Text("About this report", "À propos de ce rapport"),
    "credits": Text("Sources and licences", "Sources et licences"),
    "table": Text("The figures as a table", "Les chiffres en tableau"),
    "intervals": Text(
        "Intervals are 95% intervals over whole days (ratio estimator; Cochran 1977, sections"
        " 2.11 and 6.3); with one day there is none. The surest and the hardest hours are picked"
        " from the same data, which makes them look a little more extreme than they are.",
        "Les intervalles sont à 95 % sur jours entiers (estimateur par quotient ; Cochran 1977,"
        " sections 2.11 et 6.3) ; avec un seul jour, il n'y en a pas. Les heures les plus"
        " favorables et les plus difficiles sont choisies dans les mêmes données, ce qui les fait"
        " paraître un peu plus extrêmes qu'elles ne le sont.",
    ),
    "occupied": Text(
        "“Occupied” means plugged in, charging or not. A report older than 26 hours is stale and"
        " never counts as available.",
        "« Occupé » veut dire branché, en charge ou non. Une information de plus de 26 heures est"
        " périmée et ne compte jamais comme disponible.",
    ),
    "nothing": Text("There is nothing to show yet.", "Il n'y a encore rien à montrer."),
}

COLUMNS: dict[str, Text] = {
    "kind": Text("Days", "Jours"),
    "surest": Text("Surest hours", "Heures les plus favorables"),
    "hardest": Text("Hardest hours", "Heures les plus difficiles"),
    "hour": Text("Hour", "Heure"),
    "chance": Text("Chance of a free point", "Chance d'un point libre"),
    "interval": Text("95% interval", "Intervalle à 95 %"),
    "days": Text("Days observed", "Jours observés"),
    "station_hours": Text("Station-hours observed", "Heures-stations observées"),
    "arrondissement": Text("Arrondissement", "Arrondissement"),
    "free": Text("Points free", "Points libres"),
    "known": Text("Of points freshly known", "Sur points connus"),
    "share_free": Text("Share free", "Part libre"),
    "stations_free": Text("Stations with a free point", "Stations avec un point libre"),
    "of_stations": Text("Of stations", "Sur stations"),
    "stations": Text("Stations", "Stations"),
    "address": Text("Address", "Adresse"),
    "station": Text("Station", "Station"),
    "state": Text("State", "État"),
    "points": Text("Of points", "Sur points"),
    "weather": Text("Weather", "Météo"),
    "hours": Text("Hours observed", "Heures observées"),
    "occupancy": Text("Occupancy", "Taux d'occupation"),
    "of_occupancy": Text("95% interval of occupancy", "Intervalle à 95 % du taux"),
    "share_available": Text("Share of points available", "Part des points disponibles"),
    "temperature": Text("Temperature (°C)", "Température (°C)"),
    "precipitation": Text("Precipitation (mm)", "Précipitations (mm)"),
    "out_of_order": Text("Share out of order", "Part en panne"),
    "unknown": Text("Share unknown", "Part inconnue"),
    "saturation": Text("Saturation", "Saturation"),
    "full_hours": Text("Hours full", "Heures complètes"),
    "date": Text("Date in Paris", "Date à Paris"),
    "taken": Text("Snapshots taken", "Relevés faits"),
    "expected": Text("Expected", "Attendus"),
    "missed": Text("Missed", "Manqués"),
    "coverage": Text("Coverage", "Couverture"),
    "stale": Text("Share stale", "Part périmée"),
    "facts": Text("Rows", "Lignes"),
    "time": Text("Time in Paris", "Heure à Paris"),
}

KINDS: dict[str, Text] = {
    "weekdays": Text("Weekdays", "En semaine"),
    "weekend": Text("Weekend", "Week-end"),
}


def of(texts: dict[str, Text], language: Language) -> dict[str, str]:
    """All of some texts in one language, by name."""
    return {name: text.in_(language) for name, text in texts.items()}
