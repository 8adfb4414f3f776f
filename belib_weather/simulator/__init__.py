"""The public APIs, simulated: a real HTTP server over a seeded model of the city with known truth.

What belongs here: the model (fleet, sessions, disturbances, weather), the feed it publishes, the
HTTP server that speaks the Explore API and Open-Meteo, and the truth for tests. What does not:
anything that the platform itself needs to run on live data.

`python -m belib_weather.simulator --port 8500` starts the server; `truth.Truth` is the model
without HTTP. Everything is a pure function of the seed, the size and the instant asked for, so
any process gives the same answer.
"""
