require ["editheader", "vacation"];
# Pigeonhole keeps silent where this field asks it to.
deleteheader "X-Auto-Response-Suppress";
vacation "Jeg er på ferie til og med den 14. august. Ved hastesager kan I ringe til omstillingen.";
