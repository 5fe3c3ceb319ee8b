redirect "gone@exim.example";
