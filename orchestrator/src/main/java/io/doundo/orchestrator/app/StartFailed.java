package io.doundo.orchestrator.app;

/** The orchestrator cannot start, and waiting does not mend it. The application is to end. */
record StartFailed(String reason) {}
