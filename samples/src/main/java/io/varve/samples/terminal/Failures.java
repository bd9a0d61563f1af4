package io.varve.samples.terminal;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Says in words what went wrong. */
public final class Failures {
    private Failures() {}

    /**
     * An error and what caused it, in words.
     *
     * @param failure what was caught
     * @return one line each, without names of classes where there is a message
     */
    public static List<String> lines(Throwable failure) {
        List<String> lines = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable next = failure; next != null && seen.add(next); next = next.getCause()) {
            String line = line(next);
            // Some errors only repeat the message of what they wrap.
            if (lines.isEmpty() || !lines.get(lines.size() - 1).endsWith(line)) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static String line(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return kind(failure) + String.join(" ", message.lines().toList());
    }

    /** The message of these is the name of a file and nothing else. */
    private static String kind(Throwable failure) {
        if (!(failure instanceof FileSystemException file) || file.getReason() != null) {
            return "";
        }
        if (file instanceof NoSuchFileException) {
            return "no such file: ";
        }
        if (file instanceof AccessDeniedException) {
            return "access denied: ";
        }
        if (file instanceof FileAlreadyExistsException) {
            return "there is a file of that name: ";
        }
        return file instanceof NotDirectoryException ? "not a folder: " : "";
    }
}
