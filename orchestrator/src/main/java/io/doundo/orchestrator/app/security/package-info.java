/**
 * Who may do what over HTTP: keys and logins, the table of routes, and the log of calls. It knows
 * the application's settings; nothing else in the application knows it.
 */
@NullMarked
package io.doundo.orchestrator.app.security;

import org.jspecify.annotations.NullMarked;
