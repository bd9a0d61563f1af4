package io.varve.samples.terminal;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a sample prints, and what can be shown there.
 *
 * @param out for results
 * @param progress for progress and errors
 * @param unicode whether block characters and arrows arrive as such
 * @param terminal whether a person looks at it, so that lines may be redrawn
 */
public record Screen(PrintStream out, PrintStream progress, boolean unicode, boolean terminal) {
    private static final String SAMPLE = "█▏░→─";

    /**
     * The screen of this process: standard output.
     *
     * @return the screen
     */
    public static Screen ofProcess() {
        Charset charset = charset();
        boolean unicode = charset.canEncode() && charset.newEncoder().canEncode(SAMPLE);
        PrintStream out = stream(FileDescriptor.out, charset);
        return new Screen(out, out, unicode, isTerminal());
    }

    /**
     * The same, with progress on standard error, so that standard output holds results only.
     *
     * @return another screen
     */
    public Screen withProgressOnStandardError() {
        return new Screen(out, stream(FileDescriptor.err, charset()), unicode, terminal);
    }

    private static PrintStream stream(FileDescriptor descriptor, Charset charset) {
        return new PrintStream(new FileOutputStream(descriptor), true, charset);
    }

    /**
     * Prints a line of results.
     *
     * @param format as in {@link String#format}; numbers are grouped as in English
     * @param arguments for it
     */
    public void line(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }

    /**
     * What the platform says about standard output; the name of the property depends on the JDK.
     */
    private static Charset charset() {
        return Stream.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")
                .map(System::getProperty)
                .flatMap(name -> Optional.ofNullable(name).stream())
                .flatMap(name -> find(name).stream())
                .findFirst()
                .orElseGet(Charset::defaultCharset);
    }

    private static Optional<Charset> find(String name) {
        try {
            return Optional.of(Charset.forName(name));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            // The next property, or the default, will do.
            return Optional.empty();
        }
    }

    /** From JDK 22 on there is a console even where there is no terminal; it has to be asked. */
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        if (Runtime.version().feature() < 22) {
            return true;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
