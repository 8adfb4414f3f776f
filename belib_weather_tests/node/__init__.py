"""Tests that ask the parts of Kibana that are published, under Node.js."""
