package io.doundo.orchestrator.app;

/** The orchestrator cannot start, and waiting does not mend it. The application is to end. */
record StartupFailure(String reason) {}
