/** The connections that steps name: base URL, credentials, limits. Depends on the JDK only. */
@NullMarked
package io.doundo.http.connection;

import org.jspecify.annotations.NullMarked;
