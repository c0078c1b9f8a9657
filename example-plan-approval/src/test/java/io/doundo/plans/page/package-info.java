/** Tests of the page for reviewers and of the client library, with Node.js and in a browser. */
@NullMarked
package io.doundo.plans.page;

import org.jspecify.annotations.NullMarked;
