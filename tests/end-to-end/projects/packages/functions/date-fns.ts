import { addBusinessDays, differenceInCalendarMonths, eachDayOfInterval, endOfMonth, format, formatDistance, formatISO, getISOWeek, intervalToDuration, isValid, parse, parseISO, startOfWeek } from "date-fns";
import { de, ja } from "date-fns/locale";

export const onRequest: PagesFunction = () => {
  const date = parseISO("2026-02-27T13:04:05.006Z");
  return Response.json({
    format: format(date, "EEEE, do MMMM yyyy 'at' HH:mm:ss.SSS xxx"),
    german: format(date, "PPPPpppp", { locale: de }),
    japanese: formatDistance(date, parseISO("2026-05-01"), { locale: ja, addSuffix: true }),
    business: formatISO(addBusinessDays(date, 5)),
    month: formatISO(endOfMonth(date)),
    week: [getISOWeek(date), formatISO(startOfWeek(date, { weekStartsOn: 1 }), { representation: "date" })],
    parsed: parse("31.12.2025 23:59", "dd.MM.yyyy HH:mm", new Date(0)).toISOString(),
    invalid: isValid(parse("31.02.2025", "dd.MM.yyyy", new Date(0))),
    months: differenceInCalendarMonths(date, parseISO("2024-12-31")),
    days: eachDayOfInterval({ start: date, end: parseISO("2026-03-02") }).length,
    duration: intervalToDuration({ start: parseISO("2026-01-01"), end: date }),
  });
};
