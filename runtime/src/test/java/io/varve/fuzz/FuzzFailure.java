package io.varve.fuzz;

import java.util.Base64;

/** An input by which a promise is broken. */
final class FuzzFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FuzzFailure(FuzzTarget target, byte[] input, Throwable cause) {
        super("target=" + target.name() + " input=" + text(input) + " cause=" + cause, cause);
    }

    FuzzFailure(FuzzTarget target, byte[] input, String what) {
        super("target=" + target.name() + " input=" + text(input) + " " + what);
    }

    static String text(byte[] input) {
        return Base64.getEncoder().encodeToString(input);
    }
}
