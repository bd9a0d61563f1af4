package io.varve.samples.flights;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Flights as gzipped CSV, one line a flight, in order of departure:
 *
 * <pre>
 * departure,origin,destination,distance,delay
 * 2001-01-01T00:01,ANC,LAX,2345,-13
 * </pre>
 */
public final class FlightsFile {
    /** The first week of January: 113,478 flights, inside the jar. */
    private static final String WEEK = "/flights-week1.csv.gz";

    private static final String HEADER = "departure,origin,destination,distance,delay";
    private static final int FIELDS = 5;

    private final BufferedReader lines;
    private final String name;
    private long lineNumber;

    /** Neighbours often share a minute; then they share the object, too. */
    private String minuteText = "";

    private LocalDateTime minute = LocalDateTime.MIN;

    private FlightsFile(InputStream unzipped, String name) {
        this.lines = new BufferedReader(new InputStreamReader(unzipped, StandardCharsets.US_ASCII));
        this.name = name;
    }

    /**
     * Reads the week that comes with the samples.
     *
     * @return 113,478 flights in order of departure
     * @throws IOException if it cannot be read
     */
    public static List<FlightDeparted> week() throws IOException {
        try (InputStream in = FlightsFile.class.getResourceAsStream(WEEK)) {
            if (in == null) {
                throw new FileNotFoundException("The samples' jar lacks a file: file=" + WEEK);
            }
            return new FlightsFile(new GZIPInputStream(in, 1 << 16), WEEK).flights(Long.MAX_VALUE);
        }
    }

    /**
     * Takes the week that comes with the samples out of the jar, for programs that need a file.
     *
     * @param folder where to; a file of its name is replaced
     * @return the file
     * @throws IOException if it cannot be written
     */
    public static Path weekIn(Path folder) throws IOException {
        Path file = folder.resolve(WEEK.substring(1));
        try (InputStream in = FlightsFile.class.getResourceAsStream(WEEK)) {
            if (in == null) {
                throw new FileNotFoundException("The samples' jar lacks a file: file=" + WEEK);
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /**
     * Reads a file.
     *
     * @param file gzipped CSV
     * @param limit of flights
     * @return at most so many, from the beginning
     * @throws IOException if it cannot be read, or is something else
     */
    public static List<FlightDeparted> read(Path file, long limit) throws IOException {
        try (InputStream zipped = Files.newInputStream(file);
                InputStream in = new GZIPInputStream(zipped, 1 << 16)) {
            return new FlightsFile(in, file.toString()).flights(limit);
        } catch (NotFlightsException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("A file of flights could not be read: file=" + file, e);
        }
    }

    private List<FlightDeparted> flights(long limit) throws IOException {
        if (!HEADER.equals(nextLine())) {
            throw malformed("the first line is not " + HEADER);
        }
        List<FlightDeparted> flights = new ArrayList<>();
        for (String line = nextLine(); line != null && flights.size() < limit; line = nextLine()) {
            flights.add(flight(line));
        }
        return flights;
    }

    private String nextLine() throws IOException {
        lineNumber++;
        return lines.readLine();
    }

    private FlightDeparted flight(String line) throws IOException {
        String[] fields = line.split(",", -1);
        if (fields.length != FIELDS) {
            throw malformed("there are not five fields");
        }
        try {
            return new FlightDeparted(
                    minute(fields[0]),
                    AirportCode.unpack(AirportCode.pack(fields[1])),
                    AirportCode.unpack(AirportCode.pack(fields[2])),
                    Integer.parseInt(fields[3]),
                    Integer.parseInt(fields[4]));
        } catch (RuntimeException e) {
            throw malformed(e.getMessage());
        }
    }

    private LocalDateTime minute(String text) {
        if (!text.equals(minuteText)) {
            minute = LocalDateTime.parse(text);
            minuteText = text;
        }
        return minute;
    }

    private IOException malformed(String why) {
        return new NotFlightsException(
                "This is no file of flights: file=" + name + " line=" + lineNumber + ": " + why);
    }

    /** It was read, and names the file. */
    private static final class NotFlightsException extends IOException {
        private static final long serialVersionUID = 1L;

        private NotFlightsException(String message) {
            super(message);
        }
    }
}
