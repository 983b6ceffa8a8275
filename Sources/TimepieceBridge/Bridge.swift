import CTimepiece
