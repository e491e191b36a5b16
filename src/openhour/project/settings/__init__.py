"""Settings: `site` for a real practice (the default), `demo` for the demo practice, `test` for the tests."""
