package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.Logs;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * Why a rebuild has failed, kept beside what it has computed for those who ask after a restart; see
 * {@link SealedText}.
 *
 * <pre>
 *   varve-rebuild-failure: 1
 *   applied: 6                      position; -1 if nothing was
 *   at: 2026-01-01T00:00:00Z
 *   failure: java.lang.IllegalStateException: on purpose caused by ...
 *   checksum: 2c26b46b68ffc68f...
 * </pre>
 *
 * @param applied the position it has got to
 * @param at when it was told
 * @param failure with its causes, as a line of text
 */
record KeptFailure(long applied, Instant at, String failure) {
    /** Behind the name of the folder of a generation. */
    static final String SUFFIX = ".failure";

    private static final String KIND = "varve-rebuild-failure";
    private static final int MOST_CAUSES = 20;

    /** Where that of a generation is kept, given its folder. */
    static Path file(Path generation) {
        return generation.resolveSibling(generation.getFileName() + SUFFIX);
    }

    static KeptFailure of(long applied, Throwable failure) {
        StringBuilder text = new StringBuilder(ErrorText.of(failure));
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            text.append(" caused by ").append(ErrorText.of(cause));
            cause = cause.getCause();
        }
        String line = text.toString().replaceAll("\\s*[\\r\\n]\\s*", " ");
        return new KeptFailure(applied, Instant.now(), line);
    }

    /** Keeps it; without it the rebuild is told as one that was interrupted. */
    void keep(Path generation) {
        StringBuilder text = new StringBuilder();
        SealedText.line(text, KIND, 1);
        SealedText.line(text, "applied", applied);
        SealedText.line(text, "at", at);
        SealedText.line(text, "failure", failure);
        try {
            DurableFolder.replace(file(generation), SealedText.write(text.toString()));
        } catch (IOException e) {
            Logs.of(KeptFailure.class)
                    .log(Level.WARNING, "A failure could not be kept: path=" + file(generation), e);
        }
    }

    /** Reads it; empty if there is none, or nothing that can be read. */
    static Optional<KeptFailure> read(Path generation) {
        try {
            return Files.exists(file(generation))
                    ? SealedText.read(Files.readAllBytes(file(generation)))
                            .flatMap(KeptFailure::parse)
                    : Optional.empty();
        } catch (IOException e) {
            Logs.of(KeptFailure.class)
                    .log(Level.WARNING, "A failure could not be read: path=" + file(generation), e);
            return Optional.empty();
        }
    }

    private static Optional<KeptFailure> parse(Map<String, String> values) {
        try {
            return Optional.of(
                    new KeptFailure(
                            Long.parseLong(values.getOrDefault("applied", "")),
                            Instant.parse(values.getOrDefault("at", "")),
                            values.getOrDefault("failure", "")));
        } catch (NumberFormatException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Forgets it: the rebuild goes on. */
    static void forget(Path generation) {
        try {
            Files.deleteIfExists(file(generation));
        } catch (IOException e) {
            Logs.of(KeptFailure.class)
                    .log(
                            Level.WARNING,
                            "A failure could not be deleted: path=" + file(generation),
                            e);
        }
    }
}
